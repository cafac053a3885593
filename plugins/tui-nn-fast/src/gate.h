/* Where the threads of a step wait for each other. Python's threads bring themselves along: none is started here. */
#ifndef GATE_H
#define GATE_H

#include <stdatomic.h>
#include <stdint.h>
#if defined(_WIN32)
void __stdcall Sleep(unsigned long milliseconds);
#define STAND_BACK() Sleep(0)
#else
#include <sched.h>
#define STAND_BACK() sched_yield()
#endif

enum { PATIENCE = 2000 }; /* looks before a thread lets others have its processor */

typedef struct {
  _Atomic int32_t arrived, turn;
} Gate;

static void pass(Gate *gate, int32_t threads) {
  if (threads == 1) return;
  const int32_t turn = atomic_load_explicit(&gate->turn, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&gate->arrived, 1, memory_order_acq_rel) == threads - 1) {
    atomic_store_explicit(&gate->arrived, 0, memory_order_relaxed);
    atomic_store_explicit(&gate->turn, turn + 1, memory_order_release);
    return;
  }
  for (int look = 0; atomic_load_explicit(&gate->turn, memory_order_acquire) == turn; look++) {
    if (look > PATIENCE) STAND_BACK();
#if defined(__x86_64__)
    else __builtin_ia32_pause();
#endif
  }
}

#endif
