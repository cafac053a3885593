/* A block of steps, and what each of them does with a parameter. */
#ifndef STEPS_H
#define STEPS_H

#include "net.h"

/* theta, first, second: the engine's own vectors. rates and costs: one a step. */
typedef struct {
  const float *targets, *weights; /* (samples of the part, outputs) and (samples of the part,) or NULL */
  int64_t batch, step;            /* samples a step; the number of the first step */
  int32_t use, tiny;
  double constants[3]; /* momentum; or beta1, beta2, epsilon */
  float decay, absolute, clip_value, clip_norm; /* clips below 0 are none */
  float *theta, *first, *second;
} Steps;

static Move move_of(const Steps *steps, double rate, int64_t step) {
  const double *c = steps->constants;
  Move m = {steps->use, (float)rate, (float)c[0], (float)c[1], 0, 0, steps->decay, 0, 0, 0};
  if (steps->use == ADAM) {
    /* The moments are kept as sums, and the corrections for their start at zero are in these two. */
    double fix = sqrt((1 - c[1]) / (1 - pow(c[1], (double)step)));
    m.small = (float)(c[2] / fix);
    m.scale = (float)(rate * (1 - c[0]) / (1 - pow(c[0], (double)step)) / fix);
  }
  return m;
}

/* One parameter, as `move` does a vector of them. */
static void move_one(const Move *m, int64_t at, float g) {
  float *theta = m->theta + at;
  if (m->use == DESCEND) { *theta -= g * m->rate; return; }
  float *first = m->first + at;
  if (m->use == MOMENTUM || m->use == NESTEROV) {
    float change = g * m->rate;
    *first = *first * m->keep - change;
    *theta = m->use == MOMENTUM ? *theta + *first : (*theta - change) + *first * m->keep;
    return;
  }
  float *second = m->second + at;
  float mean = *first * m->keep + g, square = *second * m->keep_square + g * g;
  *first = fabsf(mean) < 1e-30f ? 0 : mean;
  *second = square < 1e-30f ? 0 : square;
  *theta -= mean / (sqrtf(square) + m->small) * m->scale;
}

#endif
