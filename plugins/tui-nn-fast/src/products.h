/* The three matrix products of a dense layer: Theta's rows with the bias last, samples as rows with a 1 last, both filled
   up with zeros to whole vectors, so that nothing has to be transposed (turned.h does where that is quicker).
   Tiles keep ten to twelve sums in registers, which hides that a multiplication takes four cycles. */
#ifndef PRODUCTS_H
#define PRODUCTS_H

#include "turned.h"

/* Sums that fit the registers beside what is multiplied: a tile is four samples by five or six units, or three by four. */
#if LANES == 16 || defined(__aarch64__)
#define FORWARD_TILES(DO) DO(4, 6) DO(4, 5) DO(4, 4) DO(4, 3) DO(4, 2) DO(4, 1)
enum { MOST_UNITS = 6 };
#else
#define FORWARD_TILES(DO) DO(2, 5) DO(3, 4) DO(3, 3) DO(3, 2) DO(3, 1)
enum { MOST_UNITS = 4 };
#endif

/* z[i][j] = sum_p x[i][p] w[j][p] for a tile of samples i and units j. */
INLINE void forward_tile(const int samples, const int units, const float *x, int64_t x_row, const float *w, int64_t w_row,
                         int length, float *z, int64_t z_row) {
  V sums[4][6];
  UNROLL for (int i = 0; i < samples; i++) UNROLL for (int j = 0; j < units; j++) sums[i][j] = all(0);
  for (int p = 0; p < length; p += LANES) {
    V a[4];
    UNROLL for (int i = 0; i < samples; i++) { a[i] = load(x + i * x_row + p); HOLD(a[i]); }
    UNROLL for (int j = 0; j < units; j++) {
      V b = load(w + j * w_row + p);
      HOLD(b);
      UNROLL for (int i = 0; i < samples; i++) sums[i][j] += a[i] * b;
    }
  }
  const int fours = units >= 4 ? 4 : 0;
  if (fours) UNROLL for (int i = 0; i < samples; i++) store_four(z + i * z_row, sums[i][0], sums[i][1], sums[i][2], sums[i][3]);
  UNROLL for (int j = fours; j < units; j++) {
    float column[4]; /* of four samples, folded together as well */
    if (samples == 4) store_four(column, sums[0][j], sums[1][j], sums[2][j], sums[3][j]);
    UNROLL for (int i = 0; i < samples; i++) z[i * z_row + j] = samples == 4 ? column[i] : sum(sums[i][j]);
  }
}

typedef void ForwardStrip(const float *, int64_t, const float *, int64_t, int, int, float *, int64_t, Ahead *);
#define FORWARD_STRIP(SAMPLES, UNITS)                                                                                  \
  static __attribute__((noinline)) void forward_##UNITS(const float *x, int64_t x_row, const float *w, int64_t w_row,  \
      int samples, int length, float *z, int64_t z_row, Ahead *next) {                                                 \
    int i = 0;                                                                                                         \
    for (; i + SAMPLES <= samples; i += SAMPLES) {                                                                     \
      forward_tile(SAMPLES, UNITS, x + i * x_row, x_row, w, w_row, length, z + i * z_row, z_row);                      \
      if (next) call_ahead(next);                                                                                      \
    }                                                                                                                  \
    for (; i < samples; i++) forward_tile(1, UNITS, x + i * x_row, x_row, w, w_row, length, z + i * z_row, z_row);     \
  }
#define FORWARD_ENTRY(SAMPLES, UNITS) [UNITS] = forward_##UNITS,
FORWARD_TILES(FORWARD_STRIP)
static ForwardStrip *const FORWARD_STRIPS[7] = {FORWARD_TILES(FORWARD_ENTRY)};

enum { NEAR = 144 * 1024 }; /* floats of samples that stay in the second cache while the units go over them */

/* z = Theta [x; 1] for all samples; `length`: inputs and the 1. Units go by five where that leaves none over. `strip` is
   room for two vectors of units, `turned` is Theta by such strips or NULL. */
static void forward_product(const float *x, int64_t x_row, const float *w, int64_t w_row, int samples, int units, int length,
                            float *z, int64_t z_row, float *strip, const float *turned, Ahead *next) {
  const int whole = (length + LANES - 1) / LANES * LANES, wide = units % 5 == 0 ? 5 : MOST_UNITS;
  const int begin = turned_product(x, x_row, w, w_row, samples, units, length, z, z_row, strip, turned, next);
  const int near = NEAR / x_row > 12 ? (int)(NEAR / x_row) / 12 * 12 : 12;
  for (int i = 0; i < samples && begin < units; i += near, x += near * x_row, z += near * z_row) {
    const int here = samples - i < near ? samples - i : near;
    for (int j = begin; j < units; j += wide) {
      const int count = units - j < wide ? units - j : wide;
      FORWARD_STRIPS[count](x, x_row, w + j * w_row, w_row, here, whole, z + j, z_row, next);
    }
  }
}

/* How a tile of the gradient is used the moment it is there. Adam's constants are those of the step. */
enum Use { STORE, ADD, DESCEND, MOMENTUM, NESTEROV, ADAM, ANY };
typedef struct {
  enum Use use;
  float rate, keep, keep_square, small, scale; /* keep: momentum or beta1; keep_square: beta2 */
  float decay;                                 /* lambda / m; the bias does not decay */
  float *theta, *first, *second;
} Move;

INLINE V tidy(V a) { return keep(~(absolute(a) < all(1e-30f)), a); } /* fading moments must not become denormal */

/* One vector of parameters at `at`, of whose gradient g is the part; `mask` is 0 where nothing decays. */
INLINE void move(const enum Use use, const Move *m, int64_t at, V g, V mask) {
  float *theta = m->theta + at;
  if (use == STORE) { store(theta, g); return; }
  if (use == ADD) { store(theta, load(theta) + g); return; }
  V now = load(theta);
  if (m->decay != 0) g += now * (mask * m->decay);
  if (use == DESCEND) { store(theta, now - g * m->rate); return; }
  float *first = m->first + at;
  if (use == MOMENTUM || use == NESTEROV) {
    V change = g * m->rate, velocity = load(first) * m->keep - change;
    store(first, velocity);
    store(theta, use == MOMENTUM ? now + velocity : (now - change) + velocity * m->keep);
    return;
  }
  float *second = m->second + at;
  V mean = load(first) * m->keep + g, square = load(second) * m->keep_square + g * g;
  store(first, tidy(mean));
  store(second, tidy(square));
  store(theta, now - (mean / (root(square) + m->small)) * m->scale);
}

/* The same where the use is looked up each time. */
static __attribute__((noinline)) void move_any(const Move *m, int64_t at, const V *g, const V *mask) {
  switch (m->use) {
    case STORE: move(STORE, m, at, *g, *mask); break;
    case ADD: move(ADD, m, at, *g, *mask); break;
    case DESCEND: move(DESCEND, m, at, *g, *mask); break;
    case MOMENTUM: move(MOMENTUM, m, at, *g, *mask); break;
    case NESTEROV: move(NESTEROV, m, at, *g, *mask); break;
    default: move(ADAM, m, at, *g, *mask);
  }
}
INLINE void move_by(const enum Use use, const Move *m, int64_t at, V g, V mask) {
  if (use == ANY) move_any(m, at, &g, &mask);
  else move(use, m, at, g, mask);
}

/* out[i][p..] = sum_q left[i, q] right[q][p..], for a tile of rows i and one or two vectors of columns. */
INLINE void outer_tile(const int rows, const int vectors, const float *left, int64_t left_row, int64_t left_step,
                       const float *right, int64_t right_row, int length, V sums[6][2]) {
  UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = all(0);
  for (int q = 0; q < length; q++) {
    V b[2];
    UNROLL for (int v = 0; v < vectors; v++) { b[v] = load(right + q * right_row + v * LANES); HOLD(b[v]); }
    UNROLL for (int i = 0; i < rows; i++) {
      V a = all(left[i * left_row + q * left_step]);
      HOLD(a);
      UNROLL for (int v = 0; v < vectors; v++) sums[i][v] += a * b[v];
    }
  }
}

/* What a tile of two vectors moves is on its way while its sums are added: of a wide layer it is no longer near. */
INLINE void call_parameters(const int units, const enum Use use, const Move *m, int64_t at, int64_t w_row) {
  UNROLL for (int i = 0; i < units; i++, at += w_row) for (int p = 0; p < 2 * LANES; p += 16) {
    if (use != STORE) __builtin_prefetch(m->theta + at + p, 1, 2);
    if (use >= MOMENTUM && use != ANY) __builtin_prefetch(m->first + at + p, 1, 2);
    if (use == ADAM) __builtin_prefetch(m->second + at + p, 1, 2);
  }
}

/* dJ/dTheta = delta^T x for some units and columns, used at once. delta comes as a panel: sample after sample, units
   side by side. The mask that stands before the first row of Theta is 0 for the bias. */
INLINE void gradient_tile(const int units, const enum Use use, const float *panel, const float *x, int64_t x_row,
                          int samples, int columns, const Move *m, int64_t at, int64_t w_row, const float *mask, Ahead *next) {
  V sums[6][2];
  int p = 0;
  for (; p + 2 * LANES <= columns; p += 2 * LANES) {
    call_parameters(units, use, m, at + p, w_row);
    outer_tile(units, 2, panel, 1, units, x + p, x_row, samples, sums);
    UNROLL for (int i = 0; i < units; i++) UNROLL for (int v = 0; v < 2; v++)
      move_by(use, m, at + i * w_row + p + v * LANES, sums[i][v], load(mask + p + v * LANES));
    if (next) call_ahead(next);
  }
  if (p < columns) {
    outer_tile(units, 1, panel, 1, units, x + p, x_row, samples, sums);
    UNROLL for (int i = 0; i < units; i++) move_by(use, m, at + i * w_row + p, sums[i][0], load(mask + p));
  }
}

typedef void GradientTile(const float *, const float *, int64_t, int, int, const Move *, int64_t, int64_t, const float *, Ahead *);
#define GRADIENT(UNITS, USE)                                                                                     \
  static __attribute__((noinline)) void gradient_##UNITS##_##USE(const float *panel, const float *x, int64_t x_row,   \
      int samples, int columns, const Move *m, int64_t at, int64_t w_row, const float *mask, Ahead *next) {            \
    gradient_tile(UNITS, USE, panel, x, x_row, samples, columns, m, at, w_row, mask, next);                            \
  }
/* Tiles of five and six units do the work: they have a function for each use. A few units that are left look it up. */
#define FOR_USES(UNITS)                                                                                                \
  GRADIENT(UNITS, STORE) GRADIENT(UNITS, ADD) GRADIENT(UNITS, DESCEND)                                                 \
  GRADIENT(UNITS, MOMENTUM) GRADIENT(UNITS, NESTEROV) GRADIENT(UNITS, ADAM)
FOR_USES(5) FOR_USES(6)
GRADIENT(1, ANY) GRADIENT(2, ANY) GRADIENT(3, ANY) GRADIENT(4, ANY)
#define NAMES(UNITS)                                                                                                   \
  {gradient_##UNITS##_STORE, gradient_##UNITS##_ADD, gradient_##UNITS##_DESCEND,                                       \
   gradient_##UNITS##_MOMENTUM, gradient_##UNITS##_NESTEROV, gradient_##UNITS##_ADAM}
static GradientTile *const WHOLE_TILES[2][6] = {NAMES(5), NAMES(6)};
static GradientTile *const PARTS_OF_TILES[5] = {0, gradient_1_ANY, gradient_2_ANY, gradient_3_ANY, gradient_4_ANY};

enum { FIRST_CACHE = 20 * 1024 }; /* bytes of a slab of x that stay near while the units go over it */

enum { WORTH_COPYING = 48, FAR = 128 * 1024 }; /* rows that go over a slab; floats from its first to its last */

/* Columns of some rows, one row right after the other: far apart each would be in a page of its own. What a store writes
   too much is written over by the next, or is room behind; gives where that begins. */
static float *copy_columns(const float *from, int64_t row, int rows, int columns, float *to) {
  for (int i = 0; i < rows; i++, from += row, to += columns)
    for (int p = 0; p < columns; p += LANES) store(to + p, load(from + p));
  return to;
}

INLINE int slab_of(int rows) {
  int columns = FIRST_CACHE / (4 * rows) / (2 * LANES) * (2 * LANES);
  return columns < 2 * LANES ? 2 * LANES : columns;
}

static void gradient_product(const float *delta, int64_t delta_row, const float *x, int64_t x_row, int samples, int units,
                             int columns, const Move *m, int64_t at, int64_t w_row, const float *mask, float *panel,
                             float *copy, Ahead *next) {
  const int wide = units % 6 && units % 5 == 0 ? 5 : 6, slab = slab_of(samples);
  float *to = panel;
  for (int u = 0; u < units; u += wide) to = copy_columns(delta + u, delta_row, samples, units - u < wide ? units - u : wide, to);
  for (int p = 0; p < columns; p += slab) {
    const float *from = panel, *near = x + p;
    const int broad = columns - p < slab ? columns - p : slab;
    int64_t near_row = x_row;
    if (units >= WORTH_COPYING && samples * x_row > FAR) {
      copy_columns(x + p, x_row, samples, broad, copy);
      near = copy, near_row = broad;
    }
    for (int u = 0; u < units; u += wide) {
      int count = units - u < wide ? units - u : wide;
      GradientTile *tile = count < 5 ? PARTS_OF_TILES[count] : WHOLE_TILES[count - 5][m->use];
      tile(from, near, near_row, samples, broad, m, at + u * w_row + p, w_row, mask + p, next);
      from += (int64_t)count * samples;
    }
  }
}

#define BACK_STRIP(SAMPLES)                                                                                            \
  static __attribute__((noinline)) void back_##SAMPLES(const float *delta, int64_t delta_row, const float *w, int64_t w_row, \
      int units, int columns, float *out, int64_t out_row) {                                                              \
    V sums[6][2];                                                                                                      \
    int p = 0;                                                                                                         \
    for (; p + 2 * LANES <= columns; p += 2 * LANES) {                                                                 \
      outer_tile(SAMPLES, 2, delta, delta_row, 1, w + p, w_row, units, sums);                                          \
      UNROLL for (int i = 0; i < SAMPLES; i++) UNROLL for (int v = 0; v < 2; v++)                                      \
        store(out + i * out_row + p + v * LANES, sums[i][v]);                                                          \
    }                                                                                                                  \
    if (p < columns) {                                                                                                 \
      outer_tile(SAMPLES, 1, delta, delta_row, 1, w + p, w_row, units, sums);                                          \
      UNROLL for (int i = 0; i < SAMPLES; i++) store(out + i * out_row + p, sums[i][0]);                               \
    }                                                                                                                  \
  }
BACK_STRIP(1) BACK_STRIP(2) BACK_STRIP(4) BACK_STRIP(6)
/* dJ/dx = Theta^T delta, the bias left out. */
static void back_product(const float *delta, int64_t delta_row, const float *w, int64_t w_row, int samples, int units,
                         int columns, float *out, int64_t out_row, float *copy) {
  const int slab = slab_of(units);
  for (int p = 0; p < columns; p += slab) {
    const int broad = columns - p < slab ? columns - p : slab;
    const float *near = w + p;
    int64_t near_row = w_row;
    if (samples >= WORTH_COPYING && units * w_row > FAR) {
      copy_columns(w + p, w_row, units, broad, copy);
      near = copy, near_row = broad;
    }
    for (int s = 0; s < samples;) {
      const int left = samples - s, rows = left >= 6 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
      (rows == 6 ? back_6 : rows == 4 ? back_4 : rows == 2 ? back_2 : back_1)(delta + s * delta_row, delta_row, near, near_row, units, broad,
                                                         out + s * out_row + p, out_row);
      s += rows;
    }
  }
}

#endif
