/* What is called from Python, by ctypes: a block of training steps, the cost with its gradient, predictions, and an
   optimizer's walk over all parameters. One file for each set of instructions, told apart by the suffix of the names. */
#include "net.h"
#include "tiny.h"

#ifndef SUFFIX
#define SUFFIX
#endif
#define JOIN(a, b) a##b
#define JOINED(a, b) JOIN(a, b)
#if defined(_WIN32)
#define EXPORT(name) __declspec(dllexport) JOINED(name, SUFFIX)
#else
#define EXPORT(name) __attribute__((visibility("default"))) JOINED(name, SUFFIX)
#endif

/* A chunk of samples forward and backward; `share` is 1 / m. Adds their costs, and uses the gradient as `m` says. */
static double learn_chunk(const Net *net, Room *room, const float *targets, const float *weights,
                          const int64_t *samples, int64_t first, int count, float share, const Move *m, Ahead *next) {
  const int last = net->layers - 1, outputs = net->sizes[net->layers];
  const int64_t row = row_of(outputs);
  forward(net, room, count, next);
  double cost = 0;
  for (int s = 0; s < count; s++) {
    int64_t sample = samples ? samples[s] : first + s;
    float *a = room->a[last] + s * row, *delta = room->delta[last] + s * row, scale = share, one;
    memcpy(room->y, targets + sample * outputs, 4 * (int64_t)outputs);
    if (net->kinds[last] == SOFTMAX) {
      one = softmax_row(a, outputs, room->y);
    } else {
      one = net->loss == LOGISTIC ? cost_of(LOGISTIC, a, room->y, outputs) : 0;
      apply(net->kinds[last], net->shapes[last], a, rounded(outputs));
      if (net->loss == SQUARED) one = cost_of(SQUARED, a, room->y, outputs);
    }
    if (weights) {
      scale *= weights[sample];
      one *= weights[sample];
    }
    cost += one;
    for (int u = 0; u < outputs; u += LANES) store(delta + u, (load(a + u) - load(room->y + u)) * scale);
    if (!net->at_z) take_back(net->kinds[last], net->shapes[last], delta, a, rounded(outputs));
  }
  for (int l = last; l >= 0; l--) {
    int inputs = net->sizes[l], units = net->sizes[l + 1];
    if (l > 0) {
      back_product(room->delta[l], row_of(units), room->theta + room->at[l], row_of(inputs), count, units,
                   rounded(inputs), room->delta[l - 1], row_of(inputs));
      take_back(net->kinds[l - 1], net->shapes[l - 1], room->delta[l - 1], room->a[l - 1], count * row_of(inputs));
    }
    gradient_product(room->delta[l], row_of(units), l ? room->a[l - 1] : room->x, row_of(inputs), count, units,
                     rounded(inputs + 1), m, room->at[l], row_of(inputs), room->mask[l], room->panel, l ? 0 : next);
  }
  return cost;
}

/* The penalty's part is added to the whole gradient, it is clipped, and the parameters move. */
static void finish(const Net *net, Room *room, const Steps *steps, Move m) {
  V squares = all(0), factor = all(1);
  clear_ends(net, room->gradient);
  for (int l = 0; l < net->layers; l++) {
    int64_t row = row_of(net->sizes[l]), end = room->at[l + 1];
    for (int64_t at = room->at[l]; at < end; at += LANES) {
      V g = load(room->gradient + at), theta = load(room->theta + at), mask = load(room->mask[l] + (at - room->at[l]) % row);
      if (m.decay != 0) g += theta * (mask * m.decay);
      if (steps->absolute != 0) {
        V sign = choose(theta > all(0), all(1), choose(theta < all(0), all(-1), theta));
        g += sign * mask * steps->absolute;
      }
      if (steps->clip_value >= 0) g = at_most(at_least(g, -steps->clip_value), steps->clip_value);
      squares += g * g;
      store(room->gradient + at, g);
    }
  }
  if (steps->clip_norm >= 0) {
    float length = sqrtf(sum(squares));
    if (length > steps->clip_norm) factor = all(steps->clip_norm / length);
  }
  m.decay = 0;
  for (int64_t at = 0; at < room->at[net->layers]; at += LANES) {
    V g = load(room->gradient + at) * factor;
    const V none = all(0);
    move_any(&m, at, &g, &none);
  }
}

/* `count` samples of the part, batch after batch: `rows` says where each lies in the source, `samples` in the part. */
void EXPORT(learn)(const Net *net, const Source *source, const Steps *steps, const int64_t *rows, const int64_t *samples,
                   int64_t count, const double *rates, double *costs, float *memory) {
  if (steps->tiny) {
    tiny_learn(net, (const float *)source->values, steps, samples, count, rates, costs, memory);
    return;
  }
  Room room;
  divide(net, memory, &room);
  set_masks(net, &room);
  memset(room.y, 0, 4 * row_of(net->sizes[net->layers]));
  pack(net, steps->theta, room.theta);
  if (steps->use >= MOMENTUM) pack(net, steps->first, room.first);
  if (steps->use == ADAM) pack(net, steps->second, room.second);
  const int inputs = net->sizes[0], chunk = CHUNK;
  const int plain = steps->batch <= chunk && steps->absolute == 0 && steps->clip_value < 0 && steps->clip_norm < 0;
  const int64_t tiles = (int64_t)(CHUNK / 3) * (net->sizes[1] / 5 + 1) + (inputs / (2 * LANES) + 1) * (int64_t)(net->sizes[1] / 6 + 1);
  for (int64_t begin = 0, number = 0; begin < count; begin += steps->batch, number++) {
    int64_t size = count - begin < steps->batch ? count - begin : steps->batch;
    Move m = move_of(steps, rates[number], steps->step + number);
    m.theta = room.theta, m.first = room.first, m.second = room.second;
    double cost = 0;
    for (int64_t done = 0; done < size; done += chunk) {
      int here = (int)(size - done < chunk ? size - done : chunk);
      const int64_t *mine = rows + begin + done, *own = samples + begin + done;
      int64_t left = count - begin - done - here;
      Ahead next = {source->values, (const char *)steps->targets, mine + here, own + here, inputs < 64 ? 0 : left < here ? left : here,
                    source->row_bytes, 4L * net->sizes[net->layers], 0, 0, 1};
      next.lines = (int)(next.count * ((next.row_bytes + 63) / 64) / tiles) + 1;
      Move use = m;
      if (!plain) use.use = done ? ADD : STORE, use.theta = room.gradient;
      gather(source, mine, 0, here, inputs, room.x);
      cost += learn_chunk(net, &room, steps->targets, steps->weights, own, 0, here, 1.0f / (float)size, &use, &next);
    }
    if (!plain) finish(net, &room, steps, m);
    clear_ends(net, room.theta);
    costs[number] = cost / (double)size;
  }
  unpack(net, room.theta, steps->theta);
  if (steps->use >= MOMENTUM) unpack(net, room.first, steps->first);
  if (steps->use == ADAM) unpack(net, room.second, steps->second);
}

/* The sum of the costs of `count` samples from `first` on, and the gradient of that sum / `of`. */
double EXPORT(evaluate)(const Net *net, const Source *source, const float *targets, const float *weights,
                        const float *theta, float *gradient, int64_t first, int64_t count, int64_t of, float *memory) {
  Room room;
  divide(net, memory, &room);
  set_masks(net, &room);
  memset(room.y, 0, 4 * row_of(net->sizes[net->layers]));
  pack(net, theta, room.theta);
  Move m = {STORE, 0, 0, 0, 0, 0, 0, room.gradient, 0, 0};
  double cost = 0;
  for (int64_t done = 0; done < count; done += CHUNK) {
    int here = (int)(count - done < CHUNK ? count - done : CHUNK);
    gather(source, 0, first + done, here, net->sizes[0], room.x);
    m.use = done ? ADD : STORE;
    cost += learn_chunk(net, &room, targets, weights, 0, first + done, here, 1.0f / (float)of, &m, 0);
  }
  unpack(net, room.gradient, gradient);
  return cost;
}

/* Outputs (count, units) of samples: of `rows`, or from `first` on. With `scores` the last layer's z as well. */
void EXPORT(predict)(const Net *net, const Source *source, const int64_t *rows, int64_t first, int64_t count,
                     const float *theta, float *outputs, float *scores, float *memory) {
  Room room;
  divide(net, memory, &room);
  pack(net, theta, room.theta);
  const int last = net->layers - 1, units = net->sizes[net->layers];
  for (int64_t done = 0; done < count; done += CHUNK) {
    int here = (int)(count - done < CHUNK ? count - done : CHUNK);
    gather(source, rows ? rows + done : 0, first + done, here, net->sizes[0], room.x);
    forward(net, &room, here, 0);
    for (int s = 0; s < here; s++) {
      float *a = room.a[last] + s * row_of(units);
      if (scores) memcpy(scores + (done + s) * units, a, 4 * (int64_t)units);
      if (net->kinds[last] == SOFTMAX) softmax_row(a, units, 0);
      else apply(net->kinds[last], net->shapes[last], a, rounded(units));
      memcpy(outputs + (done + s) * units, a, 4 * (int64_t)units);
    }
  }
}

/* One step over flat vectors in the engine's own layout; penalties are already in the gradient. */
void EXPORT(update)(const Steps *steps, const float *gradient, int64_t count, double rate) {
  Move m = move_of(steps, rate, steps->step);
  m.theta = steps->theta, m.first = steps->first, m.second = steps->second, m.decay = 0;
  int64_t at = 0;
#define WALK(USE) case USE: for (; at + LANES <= count; at += LANES) move(USE, &m, at, load(gradient + at), all(0)); break;
  switch (m.use) { WALK(DESCEND) WALK(MOMENTUM) WALK(NESTEROV) WALK(ADAM) default: break; }
  for (; at < count; at++) move_one(&m, at, gradient[at]);
}

/* Floats of memory that a call needs. */
int64_t EXPORT(memory)(const Net *net) {
  Room room;
  int64_t tiny = tiny_memory(net), usual = divide(net, 0, &room);
  return tiny > usual ? tiny : usual;
}

/* The functions alone, for tests: 0 tanh, 1 sigmoid, 2 exp, 3 log(1 + x), 4 exp(x) - 1. */
void EXPORT(function)(int32_t which, const float *x, float *y, int64_t count) {
  for (int64_t i = 0; i + LANES <= count; i += LANES) {
    V a = load(x + i);
    store(y + i, which == 0 ? hyperbolic_tangent(a) : which == 1 ? sigmoid(a) : which == 2 ? exponential(a)
               : which == 3 ? logarithm_of_1_plus(a) : exponential_minus_1(a));
  }
}
