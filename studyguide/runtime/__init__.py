"""Cache, workers, faces and files: what touches the machine."""
