"""A small lesson for tests."""

LESSON = """# One question

```toml lesson
format = 1
minutes = 1
```

## The product

What is df/dx?

```toml show
circuit = "product"
hide = ["gradients"]
```

```toml ask
id = "x"
number = "circuit.d.x"
right = "-3"
wrong = [ { answer = "4", why = "Each input gets the value of the other." } ]
hint = ["Hold y."]
```
"""
