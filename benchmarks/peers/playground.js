// A small tanh net trained on half the squared error, in plain JavaScript, as TensorFlow Playground does
// it in the browser: one sample at a time, the gradient summed over a batch, then one step.
//
// Each line on stdin is a request in JSON and is answered by one line:
//   {"thetas", "points", "targets", "rate", "batch"}  sets up a net; answered by {}
//   {"epochs", "shuffle"}                             trains; answered by {"thetas", "seconds"}
// thetas: for each layer one row a unit, the bias first.

"use strict";

const readline = require("node:readline");

class Layer {
  constructor(rows) {
    this.units = rows.length;
    this.columns = rows[0].length; // the bias and one weight for each input
    this.theta = Float64Array.from(rows.flat());
    this.gradient = new Float64Array(this.theta.length);
    this.output = new Float64Array(this.units);
    this.delta = new Float64Array(this.units);
  }

  forward(input) {
    const { units, columns, theta, output } = this;
    for (let unit = 0, at = 0; unit < units; unit++, at += columns) {
      let sum = theta[at];
      for (let j = 1; j < columns; j++) sum += theta[at + j] * input[j - 1];
      output[unit] = Math.tanh(sum);
    }
    return output;
  }

  // Adds this layer's part to the gradient, and gives the layer before its deltas (the first has none before).
  backward(input, before) {
    const { units, columns, theta, gradient, delta } = this;
    for (let unit = 0, at = 0; unit < units; unit++, at += columns) {
      const d = delta[unit];
      gradient[at] += d;
      for (let j = 1; j < columns; j++) gradient[at + j] += d * input[j - 1];
    }
    if (before === null) return;
    for (let j = 1; j < columns; j++) {
      let sum = 0;
      for (let unit = 0, at = j; unit < units; unit++, at += columns) sum += delta[unit] * theta[at];
      const a = before.output[j - 1];
      before.delta[j - 1] = sum * (1 - a * a);
    }
  }

  step(rate) {
    const { theta, gradient } = this;
    for (let i = 0; i < theta.length; i++) {
      theta[i] -= rate * gradient[i];
      gradient[i] = 0;
    }
  }

  rows() {
    return Array.from({ length: this.units }, (_, unit) =>
      Array.from(this.theta.subarray(unit * this.columns, (unit + 1) * this.columns)));
  }
}

class Net {
  constructor({ thetas, points, targets, rate, batch }) {
    this.layers = thetas.map((rows) => new Layer(rows));
    this.points = points.map((point) => Float64Array.from(point));
    this.targets = targets.map((target) => Float64Array.from(target));
    this.rate = rate;
    this.batch = batch;
    this.order = Int32Array.from(points.keys());
  }

  shuffle() {
    const { order } = this;
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }

  sample(point, target) {
    const { layers } = this;
    let input = point;
    for (let l = 0; l < layers.length; l++) input = layers[l].forward(input);
    const { output, delta } = layers[layers.length - 1];
    for (let k = 0; k < output.length; k++) delta[k] = (output[k] - target[k]) * (1 - output[k] * output[k]);
    for (let l = layers.length - 1; l > 0; l--) layers[l].backward(layers[l - 1].output, layers[l - 1]);
    layers[0].backward(point, null);
  }

  epoch() {
    const { layers, points, targets, order, batch } = this;
    for (let start = 0; start < order.length; start += batch) {
      const stop = Math.min(start + batch, order.length);
      for (let i = start; i < stop; i++) this.sample(points[order[i]], targets[order[i]]);
      for (const layer of layers) layer.step(this.rate / (stop - start));
    }
  }
}

let net = null;

function answer(request) {
  if (request.thetas) {
    net = new Net(request);
    return {};
  }
  const start = process.hrtime.bigint();
  for (let epoch = 0; epoch < request.epochs; epoch++) {
    if (request.shuffle) net.shuffle();
    net.epoch();
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { thetas: net.layers.map((layer) => layer.rows()), seconds };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
});
