"""The forms that a Volume can take, a file each: Volume → Artifact."""
