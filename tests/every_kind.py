"""A chapter with a question of every kind: in a section, with a shared text, with marks."""

EVERY_KIND = """---
title: Every kind
---
# Facts {#facts}

About facts.

## The capital of France is [____](Paris). {#capital .easy marks=1}

## Water consists of [____](hydrogen) and [____](<oxygen; O2>). {#water}

## The sun rises in the east. {#sun}

- [x] True
- [ ] False

## How fast does a stone fall after 2 s? {#stone marks=2}

At [____](<19.6 ± 0.1>) m/s.

## Which animals are mammals? {#mammals}

- [x] A whale
- [ ] A shark
- [x] A bat

# Order {#order}

## Which capital belongs to which country? {#match .matching}

| Capital | Country |
| --- | --- |
| Rome | Italy |
| Athens | Greece |
| Lima | Peru |

## In which order does training go on? {#steps .ordering}

1. The forward pass
2. The loss
3. The backward pass

## A patient has a fever {#patient .shared questions=2}

She coughs, too.

## What do you ask first? {#first}

### Answer
Since when.

## What do you do next? {#next}

### Answer
Listen to her lungs.

## A network has one hidden layer {#net marks=5}

### (a) How many weights has it? {marks=2}

#### Hint
Two matrices.

#### Answer
Twenty.

### (b) How many biases? {marks=3}

#### Answer
Six.
"""
