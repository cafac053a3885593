/* A decimal number of a text as float64, rounded once: the bits that Python's float() gives, or none at all.

   Digits are read eight at a time, as a word of 64 bits. A number is w x 10^k with w < 2^64 and |k| <= 27, so that w,
   5^k and, upwards, their product are exact in whole numbers of 64 and 128 bits; whatever is larger is left to Python.
   Where w < 2^53 and |k| <= 22 one operation of float64 on exact numbers rounds as it should (Clinger, How to Read
   Floating Point Numbers Accurately, 1990). Else 63 bits or more of the quotient or product are rounded, the lowest of
   them set where anything lies below it. */
#ifndef DECIMAL_H
#define DECIMAL_H

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline)) /* a third of the time */

enum { MOST_POWER = 27, MOST_DIGITS = 19, MOST_EXPONENT = 9999 };

static const double LARGEST = 3.4028234663852886e38; /* of float32, in which nets are trained */

static const double TEN[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const uint64_t TENS[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
static const uint64_t FIVE[MOST_POWER + 1] = {
    1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625, 1220703125, 6103515625,
    30517578125, 152587890625, 762939453125, 3814697265625, 19073486328125, 95367431640625, 476837158203125,
    2384185791015625, 11920928955078125, 59604644775390625, 298023223876953125, 1490116119384765625,
    7450580596923828125};

/* x * 2^power, for a power whose result is no subnormal number. */
static double times_two_to(double x, int power) {
  const uint64_t bits = (uint64_t)(1023 + power) << 52;
  double factor;
  memcpy(&factor, &bits, 8);
  return x * factor;
}

/* 64 bits, the highest of which is set, and what lies below them; rounded once. */
static double rounded(uint64_t top, int anything_below) {
  return (double)(int64_t)(top >> 1 | (top & 1) | anything_below) * 2.0;
}

/* hi * 2^64 + lo, divided by d > hi. */
static uint64_t quotient_of(uint64_t hi, uint64_t lo, uint64_t d, uint64_t *rest) {
#if defined(__x86_64__)
  uint64_t quotient;
  __asm__("divq %4" : "=a"(quotient), "=d"(*rest) : "a"(lo), "d"(hi), "r"(d) : "cc");
  return quotient;
#else
  const unsigned __int128 whole = (unsigned __int128)hi << 64 | lo;
  *rest = (uint64_t)(whole % d);
  return (uint64_t)(whole / d);
#endif
}

/* w * 10^power for |power| <= MOST_POWER. */
INLINE double scaled(uint64_t w, int power) {
  if (w < 1ull << 53 && power >= -22 && power <= 22) return power < 0 ? (double)w / TEN[-power] : (double)w * TEN[power];
  if (!w) return 0.0;
  if (power < 0) {
    const int up = __builtin_clzll(w), up_five = __builtin_clzll(FIVE[-power]);
    const uint64_t high = w << up, five = FIVE[-power] << up_five;
    uint64_t rest;
    uint64_t quotient = quotient_of(high >> 1, high << 63, five, &rest); /* of 2^63 * high / five */
    const int more = __builtin_clzll(quotient);
    return times_two_to(rounded(quotient << more, rest != 0), power - 63 - up + up_five - more);
  }
  unsigned __int128 product = (unsigned __int128)w * FIVE[power];
  const uint64_t hi = (uint64_t)(product >> 64), lo = (uint64_t)product;
  if (!hi) {
    const int up = __builtin_clzll(lo);
    return times_two_to(rounded(lo << up, 0), power - up);
  }
  const int up = __builtin_clzll(hi);
  product <<= up;
  return times_two_to(rounded((uint64_t)(product >> 64), (uint64_t)product != 0), power + 64 - up);
}

/* The eight bytes from `at` on, the first lowest; 0 from `end` on, which is no digit. */
INLINE uint64_t word_at(const uint8_t *at, const uint8_t *end) {
  uint64_t word = 0;
  if (end - at >= 8)
    memcpy(&word, at, 8);
  else if (end > at)
    memcpy(&word, at, (size_t)(end - at));
  return word;
}

/* Where the digits from `at` on end; they are put behind those that `whole` has, by its lowest 64 bits. */
INLINE const uint8_t *digits(const uint8_t *at, const uint8_t *end, uint64_t *whole) {
  for (;;) {
    uint64_t word = word_at(at, end) ^ 0x3030303030303030;
    const uint64_t others = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
    const int count = others ? __builtin_ctzll(others) >> 3 : 8;
    if (!count) return at;
    word <<= 64 - 8 * count;
    word = word * 10 + (word >> 8);
    word = ((word & 0x000000FF000000FF) * 0x000F424000000064 + (word >> 16 & 0x000000FF000000FF) * 0x0000271000000001) >> 32;
    *whole = *whole * TENS[count] + (uint32_t)word;
    at += count;
    if (count < 8) return at;
  }
}

/* How many digits lie between, the zeros in front of them not counted. */
static int64_t significant(const uint8_t *at, const uint8_t *end, uint8_t point) {
  while (at < end && (*at == '0' || *at == point)) at++;
  int64_t count = 0;
  for (; at < end; at++) count += *at != point;
  return count;
}

static double with_sign(double size, uint64_t negative) {
  uint64_t bits;
  memcpy(&bits, &size, 8);
  bits |= negative << 63;
  memcpy(&size, &bits, 8);
  return size;
}

/* Where the number that begins at `at` ends, which is `value` then; NULL where there is none, or none that is sure. A whole
   number of few digits ends at `stop` most likely; the text goes on to `end`, and that byte may be read, too. */
INLINE const uint8_t *decimal(const uint8_t *at, const uint8_t *stop, const uint8_t *end, uint8_t point, double *value) {
  const uint64_t negative = *at == '-';
  at += negative | (*at == '+');
  const uint8_t *start = at;
  uint64_t whole = 0;
  at = digits(at, end, &whole);
  if (at == stop && at - start < 8 && at != start) {
    *value = with_sign((double)(int64_t)whole, negative);
    return at;
  }
  int64_t count = at - start, behind = 0;
  if (*at == point && at < end) {
    const uint8_t *first = ++at;
    at = digits(at, end, &whole);
    behind = at - first;
    count += behind;
  }
  if (!count || (count > MOST_DIGITS && significant(start, at, point) > MOST_DIGITS)) return NULL;
  int64_t power = -behind;
  if ((*at | 0x20) == 'e' && at < end) {
    const int down = ++at < end && *at == '-';
    at += down || (at < end && *at == '+');
    const uint8_t *first = at;
    int exponent = 0;
    for (; at < end && *at >= '0' && *at <= '9' && exponent <= MOST_EXPONENT; at++) exponent = 10 * exponent + *at - '0';
    if (at == first || exponent > MOST_EXPONENT) return NULL;
    power += down ? -exponent : exponent;
  }
  if (power < -MOST_POWER || power > MOST_POWER) {
    if (whole) return NULL;
    power = 0;
  }
  const double size = scaled(whole, (int)power);
  if (size > LARGEST) return NULL;
  *value = with_sign(size, negative);
  return at;
}

#endif
