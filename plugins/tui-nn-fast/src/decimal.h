/* A decimal number of a text as float64, rounded once: the bits that Python's float() gives, or none at all.

   Digits are read eight at a time, as a word of 64 bits. A number is w x 10^k with w < 2^64 and |k| <= 27, so that w,
   5^k and, upwards, their product are exact in whole numbers of 64 and 128 bits; whatever is larger is left to Python.
   Where w < 2^53 and |k| <= 22 one operation of float64 on exact numbers rounds as it should (Clinger, How to Read
   Floating Point Numbers Accurately, 1990). Else 63 bits or more of the quotient or product are rounded, the lowest of
   them set where anything lies below it.

   What most cells are has a way with few branches, for a cell of another length would be guessed wrong by the processor:
   at most eight characters, or at most twenty with the point among the first eight. All else goes digit run by run. */
#ifndef DECIMAL_H
#define DECIMAL_H

#include "marks.h"

enum { MOST_POWER = 27, MOST_DIGITS = 19, MOST_EXPONENT = 9999, MOST_QUICK = 21 };
/* Below it one operation of float64 does. It would from 2^53 on down, but programs write 16 and 17 digits as they come,
   half of them below 2^53: which way they go is not to be guessed at. */
static const uint64_t FEW = 1000000000000000;

static const double LARGEST = 3.4028234663852886e38; /* of float32, in which nets are trained */

static const double TEN[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const uint64_t TENS[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
static const uint64_t FIVE[MOST_POWER + 1] = {
    1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625, 1220703125, 6103515625,
    30517578125, 152587890625, 762939453125, 3814697265625, 19073486328125, 95367431640625, 476837158203125,
    2384185791015625, 11920928955078125, 59604644775390625, 298023223876953125, 1490116119384765625,
    7450580596923828125};

/* Of each, its bits moved up to the highest, the inverse that a division takes. */
static const uint64_t INVERSE[MOST_POWER + 1] = {
    0xffffffffffffffff, 0x9999999999999999, 0x47ae147ae147ae14, 0x0624dd2f1a9fbe76, 0xa36e2eb1c432ca57,
    0x4f8b588e368f0846, 0x0c6f7a0b5ed8d36b, 0xad7f29abcaf48578, 0x5798ee2308c39df9, 0x12e0be826d694b2e,
    0xb7cdfd9d7bdbab7d, 0x5fd7fe17964955fd, 0x19799812dea11197, 0xc25c268497681c26, 0x6849b86a12b9b01e,
    0x203af9ee756159b2, 0xcd2b297d889bc2b6, 0x70ef54646d496892, 0x2725dd1d243aba0e, 0xd83c94fb6d2ac34a,
    0x79ca10c9242235d5, 0x2e3b40a0e9b4f7dd, 0xe392010175ee5962, 0x82db34012b25144e, 0x357c299a88ea76a5,
    0xef2d0f5da7dd8aa2, 0x8c240c4aecb13bb5, 0x3ce9a36f23c0fc90};

/* x * 2^power, for a power whose result is no subnormal number. */
static double times_two_to(double x, int power) {
  const uint64_t bits = (uint64_t)(1023 + power) << 52;
  double factor;
  memcpy(&factor, &bits, 8);
  return x * factor;
}

/* Half of 64 bits, the highest of which is set, and of what lies below them; rounded once. */
static double half_rounded(uint64_t top, int anything_below) {
  return (double)(int64_t)(top >> 1 | (top & 1) | (uint64_t)anything_below);
}

/* 2^64 * high, divided by d > high whose highest bit is set; inverse: the whole part of (2^128 - 1) / d, less 2^64. Two
   products in place of a division (Moller and Granlund, Improved Division by Invariant Integers, 2011, algorithm 4). */
INLINE uint64_t quotient_of(uint64_t high, uint64_t low, uint64_t d, uint64_t inverse, uint64_t *rest) {
  const unsigned __int128 guess = (unsigned __int128)inverse * high + ((unsigned __int128)high << 64 | low);
  uint64_t quotient = (uint64_t)(guess >> 64) + 1, left = low - quotient * d;
  const uint64_t too_large = -(uint64_t)(left > (uint64_t)guess);
  quotient += too_large;
  left += too_large & d;
  if (__builtin_expect(left >= d, 0)) quotient++, left -= d;
  *rest = left;
  return quotient;
}

/* w * 10^power for |power| <= MOST_POWER. */
INLINE double scaled(uint64_t w, int power) {
  if (w < FEW && power >= -22 && power <= 22)
    return power < 0 ? (double)(int64_t)w / TEN[-power] : (double)(int64_t)w * TEN[power];
  if (!w) return 0.0;
  if (power < 0) {
    const int up = __builtin_clzll(w), up_five = __builtin_clzll(FIVE[-power]);
    const uint64_t high = w << up, five = FIVE[-power] << up_five;
    uint64_t rest;
    uint64_t quotient = quotient_of(high >> 1, high << 63, five, INVERSE[-power], &rest); /* of 2^63 * high / five */
    const int more = __builtin_clzll(quotient);
    return times_two_to(half_rounded(quotient << more, rest != 0), power - 62 - up + up_five - more);
  }
  unsigned __int128 product = (unsigned __int128)w * FIVE[power];
  const uint64_t hi = (uint64_t)(product >> 64), lo = (uint64_t)product;
  if (!hi) {
    const int up = __builtin_clzll(lo);
    return times_two_to(half_rounded(lo << up, 0), power + 1 - up);
  }
  const int up = __builtin_clzll(hi);
  product <<= up;
  return times_two_to(half_rounded((uint64_t)(product >> 64), (uint64_t)product != 0), power + 65 - up);
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

static const uint64_t ZEROS = 0x3030303030303030;

/* The highest bit of each byte that is no digit; those of a digit are 0 to 9, the text's less ZEROS. */
INLINE uint64_t others_in(uint64_t word) { return ((word + 0x7676767676767676) | word) & 0x8080808080808080; }

/* The number that eight digits make. */
INLINE uint64_t eight(uint64_t word) {
  word = word * 10 + (word >> 8);
  return ((word & 0x000000FF000000FF) * 0x000F424000000064 + (word >> 16 & 0x000000FF000000FF) * 0x0000271000000001) >> 32;
}

/* Where the digits from `at` on end; they are put behind those that `whole` has, by its lowest 64 bits. */
INLINE const uint8_t *digits(const uint8_t *at, const uint8_t *end, uint64_t *whole) {
  for (;;) {
    const uint64_t word = word_at(at, end) ^ ZEROS, others = others_in(word);
    const int count = others ? __builtin_ctzll(others) >> 3 : 8;
    if (!count) return at;
    *whole = *whole * TENS[count] + (uint32_t)eight(word << (64 - 8 * count));
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

/* Eight digits without the point that stands among them, or as they are; how many stand behind it. 0 for anything else. */
INLINE int without_point(uint64_t *word, uint8_t point, int *behind) {
  const uint64_t others = others_in(*word);
  *behind = 0;
  if (!others) return 1;
  const int bit = __builtin_ctzll(others) - 7; /* of the byte that is no digit */
  if (others & (others - 1) || (uint8_t)(*word >> bit) != (point ^ 0x30)) return 0;
  const uint64_t before = (1ull << bit) - 1;
  *word = (*word & before) << 8 | (*word & ~before & ~(0xffull << bit));
  *behind = 7 - bit / 8;
  return 1;
}

/* The number in a cell of 1 to 8 characters, no sign among them. */
INLINE int short_decimal(const uint8_t *at, int64_t size, const uint8_t *end, uint8_t point, double *value) {
  uint64_t word = (word_at(at, end) ^ ZEROS) << (64 - 8 * size);
  int behind;
  if (!without_point(&word, point, &behind) || (size == 1 && *at == point)) return 0;
  *value = (double)(int64_t)eight(word);
  if (behind) *value /= TEN[behind];
  return 1;
}

/* The eight bytes from `at` on, all of which are there. */
INLINE uint64_t whole_word_at(const uint8_t *at) {
  uint64_t word;
  memcpy(&word, at, 8);
  return word;
}

/* The number in a cell of 9 to 20 characters, no sign among them, its point among the first eight; 24 bytes are there. */
INLINE int long_decimal(const uint8_t *at, int64_t size, uint8_t point, double *value) {
  uint64_t first = whole_word_at(at) ^ ZEROS;
  int behind;
  if (!others_in(first) || !without_point(&first, point, &behind)) return 0;
  const int64_t second = size < 16 ? size - 8 : 8, third = size - 8 - second;
  const uint64_t next = (whole_word_at(at + 8) ^ ZEROS) << (64 - 8 * second);
  uint64_t whole = eight(first) * TENS[second] + eight(next), others = others_in(next);
  if (third) {
    const uint64_t last = (whole_word_at(at + 16) ^ ZEROS) << (64 - 8 * third);
    whole = whole * TENS[third] + eight(last), others |= others_in(last);
  }
  if (others) return 0;
  *value = scaled(whole, -(behind + (int)(size - 8)));
  return 1;
}

/* As `decimal`, for whatever may be a number. Where it ends, or NULL. */
static const uint8_t *any_decimal(const uint8_t *at, const uint8_t *end, uint8_t point, double *value) {
  const uint64_t negative = *at == '-';
  at += negative | (*at == '+');
  const uint8_t *start = at;
  uint64_t whole = 0;
  at = digits(at, end, &whole);
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

/* Whether the cell is a number of few characters, as most are, less than 10^8; it may be empty. */
INLINE int quick_decimal(const uint8_t *at, const uint8_t *stop, const uint8_t *end, uint8_t point, double *value) {
  const uint64_t negative = *at == '-';
  const uint8_t *first = at + negative;
  const int64_t size = stop - first;
  double found;
  if (size >= 1 && size <= 8) {
    if (!short_decimal(first, size, end, point, &found)) return 0;
  } else if (size <= 0 || size > 20 || end - first < 24 || !long_decimal(first, size, point, &found))
    return 0;
  *value = with_sign(found, negative);
  return 1;
}

/* Whether the cell, which is not empty, is a number whose value is sure; the text goes on to `end`. */
static int decimal(const uint8_t *at, const uint8_t *stop, const uint8_t *end, uint8_t point, double *value) {
  return quick_decimal(at, stop, end, point, value) || any_decimal(at, end, point, value) == stop;
}

#endif
