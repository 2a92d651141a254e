/*
 * A micro-benchmark: what is measured, and how to know that it is done right.
 *
 *     meson test --benchmark --verbose -C BUILD      all of them
 *     BUILD/tests/bench/micro [--json] [SUBJECT...]  some, or as JSON
 *     BUILD/tests/bench/micro --check                each operation once, none measured
 *
 * A subject is a table of rows, a file each in micro/. Figures that count are of a release build.
 */
#ifndef BENCH_MICRO_H
#define BENCH_MICRO_H

#include <stdbool.h>
#include <stddef.h>

/* Makes what the operation works on, out of the row's `with`. Fails: -errno, `out` untouched. */
typedef int micro_setup_fn(const void *with, void **out);

/* Does it once. What it found goes to `state`, or else to micro_keep. */
typedef void micro_op_fn(void *state);

/* True if the very first operation on `state` found what it should. */
typedef bool micro_check_fn(const void *state);

typedef void micro_finish_fn(void *state);

struct micro_row {
    const char *name;
    const void *with;  /* what sets it apart from rows with the same functions */
    size_t operations; /* how many of them one call does */
    micro_setup_fn *setup;
    micro_op_fn *op;
    micro_check_fn *check;
    micro_finish_fn *finish;
};

struct micro_subject {
    const char *name;
    const struct micro_row *rows;
    size_t count;
};

#define MICRO_SUBJECT(subject, table)                                                              \
    {                                                                                              \
        .name = (subject), .rows = (table), .count = sizeof(table) / sizeof((table)[0])            \
    }

extern const struct micro_subject micro_cache, micro_date, micro_head, micro_parser, micro_range,
    micro_record, micro_step, micro_target;

/* Makes the compiler believe that all memory is read and written here, and this above all. */
static inline void micro_keep(const void *memory)
{
    __asm__ volatile("" : : "r"(memory) : "memory");
}

#endif
