/* Nets so small that a row does not fill a vector: samples are lanes, and the sums of the gradient are kept as vectors
   over a whole step. Everything is in the first cache, in the engine's own layout. */
#ifndef TINY_H
#define TINY_H

#include "steps.h"

static int64_t parameters_of(const Net *net) {
  int64_t count = 0;
  for (int l = 0; l < net->layers; l++) count += (int64_t)net->sizes[l + 1] * (net->sizes[l] + 1);
  return count;
}

static int64_t units_of(const Net *net) {
  int64_t count = 0;
  for (int l = 0; l <= net->layers; l++) count += net->sizes[l];
  return count;
}

static int64_t tiny_memory(const Net *net) { return 2 * (units_of(net) + 1) * 4 * LANES + (parameters_of(net) + 1) * (LANES + 3) + 128; }

/* At most `vectors` x LANES samples forward and backward; `real` says which lanes hold one. Gives the sum of the costs.
   Lanes without a sample are kept at 0: infinity times the 0 that is in them would be no number. */
INLINE float tiny_chunk(const int vectors, const Net *net, const float *theta, float *a, float *delta, V *gradient,
                        const float *x, const float *targets, const float *weights, const int64_t *samples, int count,
                        float share) {
  const int lanes = vectors * LANES, last = net->layers - 1, inputs = net->sizes[0], outputs = net->sizes[last + 1];
  const int ragged = count < lanes;
  I real[4];
  UNROLL for (int v = 0; v < vectors; v++) real[v] = first_lanes(count - v * LANES);
  for (int j = 0; j < inputs; j++) {
    float *to = a + j * lanes;
    for (int s = 0; s < count; s++) to[s] = x[samples[s] * inputs + j];
    for (int s = count; s < lanes; s++) to[s] = 0;
  }
  const float *t = theta;
  for (int l = 0; l <= last; l++) {
    const int from = net->sizes[l], units = net->sizes[l + 1], kind = net->kinds[l];
    float *z = a + from * lanes;
    for (int u = 0; u < units; u++, t += from + 1) {
      V sums[4];
      UNROLL for (int v = 0; v < vectors; v++) sums[v] = all(t[0]);
      for (int j = 0; j < from; j++) {
        V w = all(t[1 + j]);
        UNROLL for (int v = 0; v < vectors; v++) sums[v] += w * load(a + j * lanes + v * LANES);
      }
      UNROLL for (int v = 0; v < vectors; v++) store(z + u * lanes + v * LANES, sums[v]);
    }
    if (l < last) {
      apply(kind, net->shapes[l], z, units * lanes);
      if (ragged)
        for (int u = 0; u < units; u++) UNROLL for (int v = 0; v < vectors; v++)
          store(z + u * lanes + v * LANES, keep(real[v], load(z + u * lanes + v * LANES)));
    }
    a = z;
  }
  V cost = all(0);
  float *d = delta + (units_of(net) - outputs) * lanes;
  for (int u = 0; u < outputs; u++)
    for (int s = 0; s < count; s++) d[u * lanes + s] = targets[samples[s] * outputs + u];
  UNROLL for (int v = 0; v < vectors; v++) {
    float *z = a + v * LANES, *e = d + v * LANES;
    V scale = all(share), weight = all(1), one = all(0);
    if (weights) {
      for (int s = 0; s < LANES && v * LANES + s < count; s++) weight[s] = weights[samples[v * LANES + s]];
      scale *= weight;
    }
    if (net->kinds[last] == SOFTMAX) {
      V most = load(z), total = all(0), others = all(0);
      for (int u = 1; u < outputs; u++) most = choose(load(z + u * lanes) > most, load(z + u * lanes), most);
      for (int u = 0; u < outputs; u++) {
        V power = exponential(load(z + u * lanes) - most);
        total += power;
        others += keep(power != all(1), power);
      }
      others += (total - others) - 1.0f;
      V log_of_sum = logarithm_of_1_plus(others);
      for (int u = 0; u < outputs; u++) {
        V below = load(z + u * lanes) - most;
        one += load(e + u * lanes) * (log_of_sum - below);
        store(z + u * lanes, exponential(below) / total);
      }
    }
    for (int u = 0; u < outputs; u++) {
      V y = load(e + u * lanes), score = load(z + u * lanes);
      if (net->loss == LOGISTIC) {
        V size = absolute(score);
        one += logarithm_of_1_plus(exponential(-size)) + (0.5f * (size + score) - y * score);
      }
      if (net->kinds[last] != SOFTMAX) apply(net->kinds[last], net->shapes[last], z + u * lanes, LANES);
      V out = load(z + u * lanes), back = (out - y) * scale;
      if (net->loss == SQUARED) one += 0.5f * ((out - y) * (out - y));
      if (!net->at_z) back *= slope(net->kinds[last], net->shapes[last], out);
      store(e + u * lanes, keep(real[v], back));
    }
    cost += keep(real[v], one * weight);
  }
  int64_t at = parameters_of(net);
  for (int l = last; l >= 0; l--) {
    const int from = net->sizes[l], units = net->sizes[l + 1];
    at -= (int64_t)units * (from + 1);
    float *below = a - from * lanes, *under = d - from * lanes;
    for (int u = 0; u < units; u++) {
      V e[4], bias = all(0), *g = gradient + at + u * (from + 1);
      UNROLL for (int v = 0; v < vectors; v++) { e[v] = load(d + u * lanes + v * LANES); bias += e[v]; }
      g[0] += bias;
      for (int j = 0; j < from; j++) {
        V sums = g[1 + j];
        UNROLL for (int v = 0; v < vectors; v++) sums += e[v] * load(below + j * lanes + v * LANES);
        g[1 + j] = sums;
      }
    }
    if (l) {
      for (int j = 0; j < from; j++) {
        V sums[4];
        UNROLL for (int v = 0; v < vectors; v++) sums[v] = all(0);
        for (int u = 0; u < units; u++) {
          V w = all(theta[at + u * (from + 1) + 1 + j]);
          UNROLL for (int v = 0; v < vectors; v++) sums[v] += w * load(d + u * lanes + v * LANES);
        }
        UNROLL for (int v = 0; v < vectors; v++) store(under + j * lanes + v * LANES, ragged ? keep(real[v], sums[v]) : sums[v]);
      }
      take_back(net->kinds[l - 1], net->shapes[l - 1], under, below, from * lanes);
    }
    a = below;
    d = under;
  }
  return sum(cost);
}

#define TINY(VECTORS)                                                                                                  \
  static __attribute__((noinline)) float tiny_##VECTORS(const Net *net, const float *theta, float *a, float *delta,    \
      V *gradient, const float *x, const float *targets, const float *weights, const int64_t *samples, int count,      \
      float share) {                                                                                                   \
    return tiny_chunk(VECTORS, net, theta, a, delta, gradient, x, targets, weights, samples, count, share);            \
  }
TINY(1) TINY(2) TINY(4)

static void tiny_learn(const Net *net, const float *x, const Steps *steps, const int64_t *samples, int64_t count,
                       double *costs, float *memory) {
  const int64_t batch = steps->batch;
  const int64_t parameters = parameters_of(net), signals = (units_of(net) + 1) * 4 * LANES;
  float *from = (float *)(((uintptr_t)memory + 63) & ~(uintptr_t)63);
  float *a = take(&from, signals), *delta = take(&from, signals);
  V *gradient = (V *)take(&from, parameters * LANES);
  for (int64_t begin = 0, number = 0; begin < count; begin += batch, number++) {
    int64_t size = count - begin < batch ? count - begin : batch;
    float share = 1.0f / (float)size;
    double cost = 0;
    for (int64_t i = 0; i < parameters; i++) gradient[i] = all(0);
    for (int64_t done = 0; done < size;) {
      const int64_t left = size - done;
      const int64_t *own = samples + begin + done;
      const int here = (int)(left < 4 * LANES ? left : 4 * LANES);
      cost += (left > 2 * LANES ? tiny_4 : left > LANES ? tiny_2 : tiny_1)(
          net, steps->theta, a, delta, gradient, x, steps->targets, steps->weights, own, here, share);
      done += here;
    }
    Move m = move_of(steps, costs[number], steps->step + number);
    m.theta = steps->theta, m.first = steps->first, m.second = steps->second;
    int64_t at = 0;
    for (int l = 0; l < net->layers; l++)
      for (int u = 0; u < net->sizes[l + 1]; u++)
        for (int j = 0; j <= net->sizes[l]; j++, at++)
          move_one(&m, at, sum(gradient[at]) + (j ? steps->decay * m.theta[at] : 0));
    costs[number] = cost / (double)size;
  }
}

#endif
