/* Which of the sets of instructions that the kernels are compiled for is the best that this processor has; "" for none:
   a processor older than AVX2 is left to numpy. */
#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Of what Python hands over to the kernels: it asks for the version that it knows, and calls no other. */
EXPORT int kernels_version(void) { return 2; }

#if defined(__x86_64__)
#include <cpuid.h>

/* The registers that the system saves when it changes from one program to another; a processor may have more. */
static unsigned saved(void) {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

EXPORT const char *best_level(void) {
  unsigned a, b, c, d, usual, more;
  if (!__get_cpuid(1, &a, &b, &usual, &d) || !__get_cpuid_count(7, 0, &a, &more, &c, &d)) return "";
  const int knows_saving = usual >> 27 & 1, fma = usual >> 12 & 1, avx2 = more >> 5 & 1;
  const int f = more >> 16 & 1, dq = more >> 17 & 1, vl = more >> 31 & 1;
  if (!knows_saving || !fma || !avx2 || (saved() & 0x6) != 0x6) return "";
  return f && dq && vl && (saved() & 0xe6) == 0xe6 ? "avx512" : "avx2";
}
#else
EXPORT const char *best_level(void) { return "neon"; }
#endif
