/* Vectors of LANES floats, by the extensions that gcc and clang share: the same text for SSE, AVX, AVX-512 and NEON.
   Comparisons are written such that what is not a number stays so. */
#ifndef VECTORS_H
#define VECTORS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifndef LANES
#define LANES 8
#endif
#if LANES == 4
#include <arm_neon.h>
#else
#include <immintrin.h>
#endif

typedef float V __attribute__((vector_size(4 * LANES)));
typedef float Loose __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t I __attribute__((vector_size(4 * LANES)));
typedef int32_t LooseI __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")
/* Keeps a loaded vector in a register: else the compiler loads it again for each product that it is part of. */
#if defined(__x86_64__)
#define HOLD(x) __asm__("" : "+x"(x))
#elif defined(__aarch64__) && LANES == 4
#define HOLD(x) __asm__("" : "+w"(x))
#else
#define HOLD(x) (void)0
#endif

INLINE V load(const float *p) { return *(const Loose *)p; }
INLINE void store(float *p, V a) { *(Loose *)p = a; }
INLINE V all(float x) { return x - (V){0}; }
INLINE I bits(V a) { I b; memcpy(&b, &a, sizeof b); return b; }
INLINE V floats(I a) { V b; memcpy(&b, &a, sizeof b); return b; }
INLINE V choose(I where, V a, V b) { return floats((where & bits(a)) | (~where & bits(b))); }
INLINE V keep(I where, V a) { return floats(where & bits(a)); }
INLINE V absolute(V a) { return floats(bits(a) & 0x7fffffff); }
INLINE V at_most(V a, float most) { return choose(a > all(most), all(most), a); }
INLINE V at_least(V a, float least) { return choose(a < all(least), all(least), a); }
INLINE V bytes_as_floats(const void *p) {
  uint8_t bytes __attribute__((vector_size(LANES)));
  memcpy(&bytes, p, sizeof bytes);
  return __builtin_convertvector(bytes, V);
}
/* Named, for not every compiler makes one instruction of a loop over the lanes. */
#if LANES == 16
INLINE V root(V a) { return (V)_mm512_sqrt_ps((__m512)a); }
#elif LANES == 8
INLINE V root(V a) { return (V)_mm256_sqrt_ps((__m256)a); }
#else
INLINE V root(V a) { return (V)vsqrtq_f32((float32x4_t)a); }
#endif

typedef float F4 __attribute__((vector_size(16)));
INLINE F4 folded(V a) {
  F4 part[LANES / 4];
  memcpy(part, &a, sizeof part);
  UNROLL for (int half = LANES / 8; half; half /= 2) UNROLL for (int i = 0; i < half; i++) part[i] += part[i + half];
  return part[0];
}
INLINE float sum(V a) {
  F4 four = folded(a);
  return (four[0] + four[2]) + (four[1] + four[3]);
}

/* The sums of four vectors side by side: they are folded together, which takes a third of the steps of four by themselves. */
#if LANES == 4
#define BY_LANES(A, B, C, D) A, B, C, D
#elif LANES == 8
#define BY_LANES(A, B, C, D) A, B, C, D, A + 4, B + 4, C + 4, D + 4
#else
#define BY_LANES(A, B, C, D) A, B, C, D, A + 4, B + 4, C + 4, D + 4, A + 8, B + 8, C + 8, D + 8, A + 12, B + 12, C + 12, D + 12
#endif
#define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
INLINE void store_four(float *to, V a, V b, V c, V d) {
  V ab = PICK(a, b, BY_LANES(0, LANES, 1, LANES + 1)) + PICK(a, b, BY_LANES(2, LANES + 2, 3, LANES + 3));
  V cd = PICK(c, d, BY_LANES(0, LANES, 1, LANES + 1)) + PICK(c, d, BY_LANES(2, LANES + 2, 3, LANES + 3));
  V all_four = PICK(ab, cd, BY_LANES(0, 1, LANES, LANES + 1)) + PICK(ab, cd, BY_LANES(2, 3, LANES + 2, LANES + 3));
  F4 four = folded(all_four);
  memcpy(to, &four, sizeof four);
}

/* 1 in the first `count` lanes, as a mask. */
INLINE I first_lanes(int count) {
  I lane;
  UNROLL for (int i = 0; i < LANES; i++) lane[i] = i;
  return lane < count - (I){0};
}

/* e^x = 2^n e^r with |r| <= ln 2 / 2, a polynomial for the latter (Cephes, expf), ln 2 in two parts of which the first
   has few bits (Cody and Waite, 1980). What rounding takes from r and from 1 + r is added in the end: 0.6 ulp. 2^n comes
   in two halves, so that the smallest results fade away instead of vanishing. */
typedef struct { V n, r, rest; } Reduced;
INLINE Reduced reduced(V x) {
  const V round = all(12582912.0f); /* 1.5 x 2^23: adding it leaves whole numbers */
  V n = (x * 1.44269504f + round) - round;
  V most = x - n * 0.693359375f, little = n * 2.12194440e-4f, r = most + little;
  return (Reduced){n, r, (most - r) + little};
}
INLINE V tail_of_exp(V r) { /* e^r - 1 - r */
  V p = all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * (r * r);
}
INLINE I whole(V n) { return __builtin_convertvector(keep(n == n, n), I); }
INLINE V power_of_two(I n) { return floats((n + 127) << 23); }
INLINE V exponential(V x) {
  Reduced y = reduced(at_most(at_least(x, -104.0f), 89.0f));
  I n = whole(y.n), half = n >> 1;
  V sum = y.r + 1.0f, lost = y.r - (sum - 1.0f);
  V power = (tail_of_exp(y.r) + (lost + y.rest)) + sum;
  return power * power_of_two(half) * power_of_two(n - half);
}
INLINE V exponential_minus_1(V x) { /* of x <= 0 */
  Reduced y = reduced(at_least(x, -30.0f));
  V power = power_of_two(whole(y.n));
  return ((tail_of_exp(y.r) + y.rest) + y.r) * power + (power - 1.0f);
}

/* 1 / (1 + e^-z), with what rounding takes from the sum (Knuth's two-sum). */
INLINE V sigmoid(V z) {
  V power = exponential(at_most(-z, 88.0f)), sum = 1.0f + power, part = sum - 1.0f;
  V lost = (1.0f - (sum - part)) + (power - part), a = 1.0f / sum;
  return a - a * (lost * a);
}

/* -e / (2 + e) of e = e^-2|z| - 1, which keeps the digits of a small z; what rounding takes from the sum and from the
   quotient is added in the end, for which 1 / sum is known well enough: 1.9 ulp. */
INLINE V hyperbolic_tangent(V z) {
  const V round = all(12582912.0f); /* as in `reduced`; its last bits are n */
  V x = at_least(absolute(z) * -2.0f, -30.0f), shifted = x * 1.44269504f + round, n = shifted - round;
  V r = (x - n * 0.693359375f) + n * 2.12194440e-4f, power = floats((bits(shifted) + 127) << 23);
  V e = (tail_of_exp(r) + r) * power + (power - 1.0f);
  V sum = 2.0f + e, lost = e - (sum - 2.0f), a = e / sum, rest = (e - a * sum) - a * lost;
  a += rest * (1.457f - 0.4714f * sum);
  return floats((bits(a) & INT32_MAX) | (bits(z) & INT32_MIN));
}

/* log(1 + t) for t >= 0, by log u of u = 1 + t and what rounding took from u (Cephes, logf; Goldberg, 1991). */
INLINE V logarithm_of_1_plus(V t) {
  V u = 1.0f + t, lost = (t - (u - 1.0f)) / u;
  I raw = bits(u), exponent = ((raw >> 23) & 255) - 126;
  V m = floats((raw & 0x7fffff) | 0x3f000000); /* in [0.5, 1) */
  I low = m < all(0.707106781f);
  exponent += low; /* a mask is -1 */
  V f = m + keep(low, m) - 1.0f, square = f * f, e = __builtin_convertvector(exponent, V);
  V p = all(7.0376836292e-2f);
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  V y = p * f * square - e * 2.12194440e-4f - 0.5f * square;
  V log_u = f + y + e * 0.693359375f;
  /* Infinity and NaN are their own logarithm. */
  return choose(t < all(INFINITY), log_u + lost, t);
}

#endif
