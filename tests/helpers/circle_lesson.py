"""A lesson for tests in which something is trained: in a second, without data files."""

CIRCLE = """# Bend

```toml lesson
format = 1
```

## A circle

One neuron draws a line.

```toml show
experiment = "spiral"
set = [
  'data.source={kind="circle"}',
  'network.layers=[{kind="dense",units=1,activation="sigmoid"}]',
  "training.epochs=40",
]
views = ["boundary"]
```

```toml ask
id = "circle"
do = ["accuracy@validation >= 0.9", "parameters <= 20"]
change = ["network.layers", "training.optimizer.rate"]
right = ['layers = ["4 tanh", "1 sigmoid"]']
wrong = [ { answer = ['layers = ["1 tanh", "1 sigmoid"]'], why = "One hidden unit is one line." } ]
hint = ["Lines in the hidden layer bend together."]
```

## Its run

```toml show
run = "circle"
```

```toml ask
id = "parameters"
number = "run.parameters"
right = "17"
wrong = [ { answer = "12", why = "Biases count too." } ]
hint = ["4 x 3 and 1 x 5."]
```
"""
