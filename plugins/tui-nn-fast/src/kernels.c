/* What is called from Python, by ctypes: a block of training steps, the cost with its gradient, predictions, and an
   optimizer's walk over all parameters. One file for each set of instructions, told apart by the suffix of the names. */
#include "gate.h"
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

/* The threads of a block of steps: a gate, a room, and the costs of each thread's share of a step. */
typedef struct {
  Gate gate;
  int32_t threads;
  float *memory;
  double costs[MOST_THREADS];
} Team;

/* A chunk of samples forward, and back to each layer's delta; `share` is 1 / m. Gives the sum of their costs. */
static double signals_of_chunk(const Net *net, Room *room, const float *targets, const float *weights, const int64_t *samples,
                      int64_t first, int count, float share, Ahead *next) {
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
  for (int l = last; l > 0; l--) {
    int inputs = net->sizes[l], units = net->sizes[l + 1];
    back_product(room->delta[l], row_of(units), room->theta + room->at[l], row_of(inputs), count, units, rounded(inputs),
                 room->delta[l - 1], row_of(inputs), room->strip);
    take_back(net->kinds[l - 1], net->shapes[l - 1], room->delta[l - 1], room->a[l - 1], count * row_of(inputs));
  }
  return cost;
}

/* Samples that lie in the source as `rows` says, or from `first` on, gathered and taken through chunk by chunk. */
static double signals(const Net *net, Room room, const Source *source, const int64_t *rows, const float *targets,
                      const float *weights, const int64_t *samples, int64_t first, int count, float share, Ahead *next) {
  double cost = 0;
  const int chunk = chunk_of(net);
  for (int done = 0; done < count; done += chunk) {
    const int here = count - done < chunk ? count - done : chunk;
    gather(source, rows ? rows + done : 0, first + done, here, net->sizes[0], room.x);
    cost += signals_of_chunk(net, &room, targets, weights, samples ? samples + done : 0, first + done, here, share, next);
    room = from_sample(net, room, chunk);
  }
  return cost;
}

/* The gradient of all samples by a thread's part of Theta, used as `m` says. */
static void gradients(const Net *net, const Room *room, int count, const Move *m, int32_t share, int32_t threads, Ahead *next) {
  for (int l = net->layers - 1; l >= 0; l--) {
    const int inputs = net->sizes[l], units = net->sizes[l + 1];
    const int begin = part_of(units, share, threads), end = part_of(units, share + 1, threads);
    gradient_product(room->delta[l] + begin, row_of(units), l ? room->a[l - 1] : room->x, row_of(inputs), count, end - begin,
                     rounded(inputs + 1), m, room->at[l] + begin * row_of(inputs), row_of(inputs), room->mask[l], room->panel,
                     room->strip, l ? 0 : next);
  }
}

/* The penalty's part is added to the gradient, it is clipped, and the parameters move: those of this thread. The length of
   the whole gradient is known to a thread that is alone. */
static void finish(const Net *net, Room *room, int32_t share, int32_t threads, const Steps *steps, Move m) {
  const int by_length = steps->clip_norm >= 0;
  const float decay = m.decay;
  V squares = all(0), none = all(0);
  m.decay = 0;
  if (by_length) clear_ends(net, room->gradient, 0, 1);
  for (int l = 0; l < net->layers; l++) {
    const int units = net->sizes[l + 1], inputs = net->sizes[l];
    const int64_t row = row_of(inputs);
    for (int u = part_of(units, share, threads); u < part_of(units, share + 1, threads); u++) {
      const int64_t begin = room->at[l] + u * row;
      for (int64_t p = 0; p < rounded(inputs + 1); p += LANES) {
        V g = load(room->gradient + begin + p), theta = load(room->theta + begin + p), mask = load(room->mask[l] + p);
        if (decay != 0) g += theta * (mask * decay);
        if (steps->absolute != 0) {
          V sign = choose(theta > all(0), all(1), choose(theta < all(0), all(-1), theta));
          g += sign * mask * steps->absolute;
        }
        if (steps->clip_value >= 0) g = at_most(at_least(g, -steps->clip_value), steps->clip_value);
        if (by_length) {
          squares += g * g;
          store(room->gradient + begin + p, g);
        } else {
          move_any(&m, begin + p, &g, &none);
        }
      }
      for (int64_t p = inputs + 1; p < row; p++) room->theta[begin + p] = 0;
    }
  }
  if (!by_length) return;
  const float length = sqrtf(sum(squares));
  const V factor = all(length > steps->clip_norm ? steps->clip_norm / length : 1);
  for (int64_t at = 0; at < room->at[net->layers]; at += LANES) {
    V g = load(room->gradient + at) * factor;
    move_any(&m, at, &g, &none);
  }
  clear_ends(net, room->theta, 0, 1);
}

/* Batch after batch: `rows` says where each sample lies in the source, `samples` in the part. In one structure, for each
   argument of a call from Python takes longer than a sample of a small net. */
typedef struct {
  const Net *net;
  const Source *source;
  const Steps *steps;
  Team *team;
  const int64_t *rows, *samples;
  int64_t count;
  double *costs; /* of each batch; the rate of its step until then */
} Block;

/* Each thread of the team calls this with its share, which is a part of each batch. */
void EXPORT(learn)(const Block *block, int32_t share) {
  const Net *net = block->net;
  const Source *source = block->source;
  const Steps *steps = block->steps;
  const int64_t *rows = block->rows, *samples = block->samples, count = block->count;
  double *costs = block->costs;
  Team *team = block->team;
  if (steps->tiny) {
    tiny_learn(net, (const float *)source->values, steps, samples, count, costs, team->memory);
    return;
  }
  const int32_t threads = team->threads;
  Room room;
  divide(net, team->memory, threads, share, &room);
  memset(room.y, 0, 4 * row_of(net->sizes[net->layers]));
  if (share == 0) {
    set_masks(net, &room);
    pack(net, steps->theta, room.theta);
    if (steps->use >= MOMENTUM) pack(net, steps->first, room.first);
    if (steps->use == ADAM) pack(net, steps->second, room.second);
  }
  pass(&team->gate, threads);
  const int64_t together = (int64_t)threads * KEPT;
  const int plain = steps->batch <= together && steps->absolute == 0 && steps->clip_value < 0 && steps->clip_norm < 0;
  int64_t calls = 0;
  for (int64_t begin = 0, number = 0; begin < count; begin += steps->batch, number++) {
    const int64_t size = count - begin < steps->batch ? count - begin : steps->batch;
    Move m = move_of(steps, costs[number], steps->step + number);
    m.theta = room.theta, m.first = room.first, m.second = room.second;
    double cost = 0;
    for (int64_t done = 0; done < size; done += together) {
      const int here = (int)(size - done < together ? size - done : together);
      const int from = part_of(here, share, threads), own = part_of(here, share + 1, threads) - from;
      const int64_t at = begin + done + from, after = done + here < size ? at + here : begin + steps->batch + from;
      const int64_t left = after < count ? count - after : 0;
      Ahead next = {source->values, (const char *)steps->targets, rows + after, samples + after, left < own ? left : own,
                    source->row_bytes, 4L * net->sizes[net->layers], 0, 0, 0, 0};
      spread_over(&next, calls);
      cost += signals(net, from_sample(net, room, from), source, rows + at, steps->targets, steps->weights, samples + at, 0, own,
                      1.0f / (float)size, &next);
      pass(&team->gate, threads);
      Move use = m;
      if (!plain) use.use = done ? ADD : STORE, use.theta = room.gradient;
      gradients(net, &room, here, &use, share, threads, &next);
      calls = next.calls;
      if (done + here < size) pass(&team->gate, threads); /* before the signals are written over */
    }
    if (plain) clear_ends(net, room.theta, share, threads);
    else finish(net, &room, share, threads, steps, m);
    team->costs[share] = cost;
    pass(&team->gate, threads);
    if (share == 0) {
      for (int t = 1; t < threads; t++) cost += team->costs[t];
      costs[number] = cost / (double)size;
    }
  }
  if (share) return;
  unpack(net, room.theta, steps->theta);
  if (steps->use >= MOMENTUM) unpack(net, room.first, steps->first);
  if (steps->use == ADAM) unpack(net, room.second, steps->second);
}

/* Of `left` samples from `first` on those of the next chunk. */
static Ahead in_order(const Net *net, const Source *source, const float *targets, int64_t first, int64_t left, int chunk) {
  const int64_t outputs = net->sizes[net->layers];
  return (Ahead){source->values + first * source->row_bytes, targets ? (const char *)(targets + first * outputs) : 0, 0, 0,
                 left < chunk ? left : chunk, source->row_bytes, 4 * outputs, 0, 0, 0, 0};
}

/* The sum of the costs of `count` samples from `first` on, and the gradient of that sum / `of`. */
double EXPORT(evaluate)(const Net *net, const Source *source, const float *targets, const float *weights,
                        const float *theta, float *gradient, int64_t first, int64_t count, int64_t of, float *memory) {
  Room room;
  divide(net, memory, 1, 0, &room);
  set_masks(net, &room);
  memset(room.y, 0, 4 * row_of(net->sizes[net->layers]));
  pack(net, theta, room.theta);
  Move m = {STORE, 0, 0, 0, 0, 0, 0, room.gradient, 0, 0};
  const int chunk = chunk_of(net);
  int64_t calls = 0;
  double cost = 0;
  for (int64_t done = 0; done < count; done += chunk) {
    const int here = (int)(count - done < chunk ? count - done : chunk);
    Ahead next = in_order(net, source, targets, first + done + here, count - done - here, chunk);
    spread_over(&next, calls);
    m.use = done ? ADD : STORE;
    cost += signals(net, room, source, 0, targets, weights, 0, first + done, here, 1.0f / (float)of, &next);
    gradients(net, &room, here, &m, 0, 1, &next);
    calls = next.calls;
  }
  unpack(net, room.gradient, gradient);
  return cost;
}

/* Outputs (count, units) of samples: of `rows`, or from `first` on. With `scores` the last layer's z as well. */
void EXPORT(predict)(const Net *net, const Source *source, const int64_t *rows, int64_t first, int64_t count,
                     const float *theta, float *outputs, float *scores, float *memory) {
  Room room;
  divide(net, memory, 1, 0, &room);
  pack(net, theta, room.theta);
  const int last = net->layers - 1, units = net->sizes[net->layers];
  if (count >= TURNED) { /* once for all chunks, where moments would be */
    for (int l = 0; l < net->layers; l++)
      turn_layer(room.theta + room.at[l], row_of(net->sizes[l]), net->sizes[l + 1], net->sizes[l] + 1, room.first + room.at[l]);
    room.turned = room.first;
  }
  int64_t calls = 0;
  for (int64_t done = 0; done < count; done += CHUNK) {
    int here = (int)(count - done < CHUNK ? count - done : CHUNK);
    Ahead next = in_order(net, source, 0, rows ? 0 : first + done + here, count - done - here, CHUNK);
    next.rows = rows ? rows + done + here : 0;
    spread_over(&next, calls);
    gather(source, rows ? rows + done : 0, first + done, here, net->sizes[0], room.x);
    forward(net, &room, here, &next);
    calls = next.calls;
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

/* Floats of memory that a call needs; of no thread: those of steps of a tiny net. */
int64_t EXPORT(memory)(const Net *net, int32_t threads) {
  Room room;
  return threads ? divide(net, 0, threads, 0, &room) : tiny_memory(net);
}

/* The functions alone, for tests: 0 tanh, 1 sigmoid, 2 exp, 3 log(1 + x), 4 exp(x) - 1. */
void EXPORT(function)(int32_t which, const float *x, float *y, int64_t count) {
  for (int64_t i = 0; i + LANES <= count; i += LANES) {
    V a = load(x + i);
    store(y + i, which == 0 ? hyperbolic_tangent(a) : which == 1 ? sigmoid(a) : which == 2 ? exponential(a)
               : which == 3 ? logarithm_of_1_plus(a) : exponential_minus_1(a));
  }
}
