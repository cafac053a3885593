/* A dense net as the engine hands it over, its functions, and the room that a call works in. */
#ifndef NET_H
#define NET_H

#include "products.h"

enum Kind { IDENTITY, TANH, SIGMOID, RELU, LEAKY_RELU, ELU, SOFTMAX };
enum Loss { SQUARED, LOGISTIC, CATEGORICAL };
enum { MOST_LAYERS = 32, MOST_THREADS = 64 };
enum { CHUNK = 128, KEPT = 2 * CHUNK }; /* samples that go through together, and whose signals are kept for a gradient, at most */
enum { DISTANT = 1 << 19 }; /* parameters of a layer that no second cache holds */

typedef struct {
  int32_t layers, loss, at_z; /* at_z: dJ/dz of the outputs is (a - y) / m */
  int32_t sizes[MOST_LAYERS + 1], kinds[MOST_LAYERS];
  float shapes[MOST_LAYERS]; /* leaky_relu's slope, elu's alpha */
} Net;

/* Samples as rows, as they came: (value - offset) x factor is what the net sees, for each input its own. */
enum Type { FLOAT, BYTE };
enum Scaling { NONE, SINGLE, DOUBLE }; /* in which precision */
typedef struct {
  const char *values;
  int64_t row_bytes;
  int32_t type, scaling;
  const void *offset, *factor;
} Source;

INLINE int64_t rounded(int64_t floats) { return (floats + LANES - 1) / LANES * LANES; }

/* Floats from one row to the next: those inputs and a 1, but no power of two, where rows would share places in a cache. */
INLINE int64_t row_of(int inputs) {
  int64_t row = rounded(inputs + 1);
  return row % 256 == 0 || row % 512 == 8 ? row + 2 * LANES : row;
}

static void apply(enum Kind kind, float shape, float *z, int64_t count) {
  switch (kind) {
    case TANH: for (int64_t i = 0; i < count; i += LANES) store(z + i, hyperbolic_tangent(load(z + i))); break;
    case SIGMOID: for (int64_t i = 0; i < count; i += LANES) store(z + i, sigmoid(load(z + i))); break;
    case RELU: for (int64_t i = 0; i < count; i += LANES) store(z + i, at_least(load(z + i), 0)); break;
    case LEAKY_RELU: for (int64_t i = 0; i < count; i += LANES) {
        V a = load(z + i), low = a * shape;
        store(z + i, choose(a < low, low, a));
      } break;
    case ELU: for (int64_t i = 0; i < count; i += LANES) {
        V a = load(z + i);
        store(z + i, choose(a > all(0), a, exponential_minus_1(at_most(a, 0)) * shape));
      } break;
    default: break;
  }
}

/* dJ/da becomes dJ/dz, by g'(z) from a = g(z). Multiplied, never masked: what is not a number stays so. */
INLINE V slope(enum Kind kind, float shape, V a) {
  switch (kind) {
    case TANH: return 1.0f - a * a;
    case SIGMOID: return (1.0f - a) * a;
    case RELU: return keep(a > all(0), all(1));
    case LEAKY_RELU: return choose(a > all(0), all(1), all(shape));
    case ELU: return choose(a > all(0), all(1), a + shape);
    default: return all(1);
  }
}

static void take_back(enum Kind kind, float shape, float *delta, const float *a, int64_t count) {
  if (kind == IDENTITY) return;
#define EACH(KIND) case KIND: for (int64_t i = 0; i < count; i += LANES) store(delta + i, load(delta + i) * slope(KIND, shape, load(a + i))); break;
  switch (kind) { EACH(TANH) EACH(SIGMOID) EACH(RELU) EACH(LEAKY_RELU) EACH(ELU) default: break; }
}

/* The scores of one sample become probabilities; the result is -log of those that y asks for, by log-sum-exp. */
static float softmax_row(float *z, int units, const float *y) {
  V most = all(-INFINITY), total = all(0), others = all(0), cost = all(0);
  for (int u = 0; u < units; u += LANES) {
    V a = choose(first_lanes(units - u), load(z + u), all(-INFINITY));
    most = choose(a > most, a, most);
  }
  float highest = most[0];
  UNROLL for (int i = 1; i < LANES; i++) highest = most[i] > highest ? most[i] : highest;
  for (int u = 0; u < units; u += LANES) {
    I real = first_lanes(units - u);
    V power = keep(real, exponential(load(z + u) - highest));
    total += power;
    others += keep(power != all(1), power);
  }
  float all_powers = sum(total), rest = sum(others);
  rest += (all_powers - rest) - 1.0f; /* more than one unit may be the highest */
  float log_of_sum = logarithm_of_1_plus(all(rest))[0];
  for (int u = 0; u < units; u += LANES) {
    I real = first_lanes(units - u);
    V below = load(z + u) - highest;
    if (y) cost += keep(real, load(y + u) * (log_of_sum - below));
    store(z + u, exponential(below) / all_powers);
  }
  return sum(cost);
}

/* What the outputs of one sample cost, from z (logistic) or a (squared). */
static float cost_of(enum Loss loss, const float *row, const float *y, int units) {
  V cost = all(0);
  for (int u = 0; u < units; u += LANES) {
    V a = load(row + u), t = load(y + u), one;
    if (loss == SQUARED) {
      one = 0.5f * ((a - t) * (a - t));
    } else {
      V size = absolute(a);
      one = logarithm_of_1_plus(exponential(-size)) + (0.5f * (size + a) - t * a);
    }
    cost += keep(first_lanes(units - u), one);
  }
  return sum(cost);
}

/* Theta with its rows filled up, bias last, and the signals of samples: KEPT for each thread.
   `panel`, `strip` (what is read again and again, closer together) and `y` are a thread's own, the rest is shared. */
typedef struct {
  float *x, *a[MOST_LAYERS], *delta[MOST_LAYERS], *panel, *strip, *y;
  float *theta, *first, *second, *gradient, *mask[MOST_LAYERS];
  const float *turned;         /* Theta as turned.h has it, or NULL */
  int64_t at[MOST_LAYERS + 1]; /* where the layers begin in them */
} Room;

static float *take(float **from, int64_t floats) {
  float *taken = *from;
  *from += (floats + 15) / 16 * 16;
  return taken;
}

/* Divides the room from `memory`, for the thread `share`; the floats that are needed for it if that is NULL. */
static int64_t divide(const Net *net, float *memory, int32_t threads, int32_t share, Room *room) {
  float *from = (float *)(((uintptr_t)memory + 63) & ~(uintptr_t)63), *begin = from;
  const int64_t samples = threads * KEPT;
  int64_t widest = LANES, deepest = LANES;
  room->at[0] = 0;
  room->turned = 0;
  for (int l = 0; l < net->layers; l++) {
    int64_t below = row_of(net->sizes[l]), row = row_of(net->sizes[l + 1]);
    widest = row > widest ? row : widest;
    deepest = below > deepest ? below : deepest;
    room->at[l + 1] = room->at[l] + net->sizes[l + 1] * below;
    room->a[l] = take(&from, row * samples);
    room->delta[l] = take(&from, row * samples);
    room->mask[l] = take(&from, below);
  }
  room->x = take(&from, row_of(net->sizes[0]) * samples);
  float **vectors[] = {&room->theta, &room->first, &room->second, &room->gradient};
  for (int i = 0; i < 4; i++) *vectors[i] = take(&from, room->at[net->layers] + 2 * LANES);
  for (int32_t each = 0; each < threads; each++) {
    float *panel = take(&from, (widest / threads + 1) * samples + LANES), *y = take(&from, widest); /* its units of all samples */
    float *strip = take(&from, (deepest + widest + samples) * 2 * LANES + FIRST_CACHE / 4);
    if (each == share) room->panel = panel, room->strip = strip, room->y = y;
  }
  return from - begin + 32;
}

/* The same room, for the samples from `first` on. */
static Room from_sample(const Net *net, Room room, int64_t first) {
  room.x += first * row_of(net->sizes[0]);
  for (int l = 0; l < net->layers; l++) {
    room.a[l] += first * row_of(net->sizes[l + 1]);
    room.delta[l] += first * row_of(net->sizes[l + 1]);
  }
  return room;
}

/* From the engine's layout, (units, 1 + inputs) with the bias first, and back. */
static void pack(const Net *net, const float *from, float *to) {
  for (int l = 0; l < net->layers; l++) {
    int64_t inputs = net->sizes[l], row = row_of(inputs);
    for (int u = 0; u < net->sizes[l + 1]; u++, from += inputs + 1, to += row) {
      memcpy(to, from + 1, 4 * inputs);
      to[inputs] = from[0];
      memset(to + inputs + 1, 0, 4 * (row - inputs - 1));
    }
  }
}

static void unpack(const Net *net, const float *from, float *to) {
  for (int l = 0; l < net->layers; l++) {
    int64_t inputs = net->sizes[l], row = row_of(inputs);
    for (int u = 0; u < net->sizes[l + 1]; u++, from += row, to += inputs + 1) {
      memcpy(to + 1, from, 4 * inputs);
      to[0] = from[inputs];
    }
  }
}

/* The units of a layer that are the part of one thread: their rows of Theta, whatever sample it is. */
INLINE int part_of(int units, int32_t share, int32_t threads) { return (int)((int64_t)units * share / threads); }

/* Infinity times the 0 beyond a row's end is no number: the ends are cleared, for the next product would spread it. */
static void clear_ends(const Net *net, float *packed, int32_t share, int32_t threads) {
  for (int l = 0; l < net->layers; l++) {
    const int units = net->sizes[l + 1];
    int64_t inputs = net->sizes[l], row = row_of(inputs);
    for (int u = part_of(units, share, threads); u < part_of(units, share + 1, threads); u++)
      for (int64_t p = inputs + 1; p < row; p++) packed[u * row + p] = 0;
    packed += units * row;
  }
}

static void set_masks(const Net *net, Room *room) {
  for (int l = 0; l < net->layers; l++)
    for (int64_t p = 0; p < row_of(net->sizes[l]); p++) room->mask[l][p] = p < net->sizes[l];
}

/* Samples that go through together in training: twice as many where Theta comes from afar, for it comes half as often. */
INLINE int chunk_of(const Net *net) {
  for (int l = 0; l < net->layers; l++)
    if ((int64_t)net->sizes[l] * net->sizes[l + 1] > DISTANT) return KEPT;
  return CHUNK;
}

static void put_ones(float *rows, int samples, int units) {
  int64_t row = row_of(units);
  for (int s = 0; s < samples; s++) {
    rows[s * row + units] = 1;
    for (int64_t p = units + 1; p < row; p++) rows[s * row + p] = 0;
  }
}

static void gather(const Source *source, const int64_t *rows, int64_t first, int samples, int inputs, float *x) {
  int64_t row = row_of(inputs);
  for (int s = 0; s < samples; s++, x += row) {
    const char *from = source->values + (rows ? rows[s] : first + s) * source->row_bytes;
    if (source->type == BYTE) {
      int p = 0;
      for (; p + LANES <= inputs; p += LANES) store(x + p, bytes_as_floats(from + p));
      for (; p < inputs; p++) x[p] = ((const uint8_t *)from)[p];
    } else {
      memcpy(x, from, 4 * (int64_t)inputs);
    }
    if (source->scaling == SINGLE) {
      const float *offset = source->offset, *factor = source->factor;
      int p = 0;
      for (; p + LANES <= inputs; p += LANES) store(x + p, (load(x + p) - load(offset + p)) * load(factor + p));
      for (; p < inputs; p++) x[p] = (x[p] - offset[p]) * factor[p];
    } else if (source->scaling == DOUBLE) {
      const double *offset = source->offset, *factor = source->factor;
      for (int p = 0; p < inputs; p++) x[p] = (float)((x[p] - offset[p]) * factor[p]);
    }
  }
  put_ones(x - samples * row, samples, inputs);
}

/* A chunk through all layers. The last layer keeps its z; its function is applied by whoever needs the cost from z first. */
static void forward(const Net *net, Room *room, int samples, Ahead *next) {
  const float *x = room->x;
  for (int l = 0; l < net->layers; l++) {
    int inputs = net->sizes[l], units = net->sizes[l + 1];
    float *z = room->a[l];
    forward_product(x, row_of(inputs), room->theta + room->at[l], row_of(inputs), samples, units, inputs + 1, z,
                    row_of(units), room->strip, room->turned ? room->turned + room->at[l] : 0, l ? 0 : next);
    if (l < net->layers - 1) {
      apply(net->kinds[l], net->shapes[l], z, samples * row_of(units));
      put_ones(z, samples, units);
    }
    x = z;
  }
}

#endif
