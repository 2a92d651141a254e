/* Byte ranges: a table of edges, and random sets against a map of bytes. */
#include "http/range.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define BIG UINT64_MAX

static const struct {
    const char *label;
    struct stator_span value;
    uint64_t length;
    enum stator_range_result result;
    size_t count;
    struct stator_range ranges[3];
} rows[] = {
#define IGNORED       STATOR_RANGE_RESULT_IGNORED
#define PARTIAL       STATOR_RANGE_RESULT_PARTIAL
#define UNSATISFIABLE STATOR_RANGE_RESULT_UNSATISFIABLE
    {"the first byte", STATOR_SPAN_INIT("bytes=0-0"), 10, PARTIAL, 1, {{0, 0}}},
    {"the last byte", STATOR_SPAN_INIT("bytes=9-9"), 10, PARTIAL, 1, {{9, 9}}},
    {"the last byte, by suffix", STATOR_SPAN_INIT("bytes=-1"), 10, PARTIAL, 1, {{9, 9}}},
    {"the only byte", STATOR_SPAN_INIT("bytes=0-0"), 1, PARTIAL, 1, {{0, 0}}},
    {"closed", STATOR_SPAN_INIT("bytes=2-5"), 10, PARTIAL, 1, {{2, 5}}},
    {"open", STATOR_SPAN_INIT("bytes=2-"), 10, PARTIAL, 1, {{2, 9}}},
    {"all", STATOR_SPAN_INIT("bytes=0-"), 10, PARTIAL, 1, {{0, 9}}},
    {"clipped", STATOR_SPAN_INIT("bytes=8-20"), 10, PARTIAL, 1, {{8, 9}}},
    {"suffix", STATOR_SPAN_INIT("bytes=-3"), 10, PARTIAL, 1, {{7, 9}}},
    {"suffix of the length", STATOR_SPAN_INIT("bytes=-10"), 10, PARTIAL, 1, {{0, 9}}},
    {"suffix longer than all", STATOR_SPAN_INIT("bytes=-11"), 10, PARTIAL, 1, {{0, 9}}},
    {"leading zeros",
     STATOR_SPAN_INIT("bytes=002-0000000000000000000005"),
     10,
     PARTIAL,
     1,
     {{2, 5}}},
    {"unit in capitals", STATOR_SPAN_INIT("Bytes=2-5"), 10, PARTIAL, 1, {{2, 5}}},

    {"first at the length", STATOR_SPAN_INIT("bytes=10-"), 10, UNSATISFIABLE, 0, {{0}}},
    {"first past the length", STATOR_SPAN_INIT("bytes=11-12"), 10, UNSATISFIABLE, 0, {{0}}},
    {"no bytes from the end", STATOR_SPAN_INIT("bytes=-0"), 10, UNSATISFIABLE, 0, {{0}}},
    {"several outside", STATOR_SPAN_INIT("bytes=-0, 10-, 99-100"), 10, UNSATISFIABLE, 0, {{0}}},
    {"one inside", STATOR_SPAN_INIT("bytes=-0, 10-, 3-4"), 10, PARTIAL, 1, {{3, 4}}},
    {"empty, first byte", STATOR_SPAN_INIT("bytes=0-0"), 0, UNSATISFIABLE, 0, {{0}}},
    {"empty, open", STATOR_SPAN_INIT("bytes=0-"), 0, UNSATISFIABLE, 0, {{0}}},
    {"empty, suffix", STATOR_SPAN_INIT("bytes=-5"), 0, UNSATISFIABLE, 0, {{0}}},

    {"past 4 GiB",
     STATOR_SPAN_INIT("bytes=4294967296-4294967297"),
     5000000000,
     PARTIAL,
     1,
     {{4294967296, 4294967297}}},
    {"last past 64 bits",
     STATOR_SPAN_INIT("bytes=2-18446744073709551616"),
     10,
     PARTIAL,
     1,
     {{2, 9}}},
    {"suffix past 64 bits",
     STATOR_SPAN_INIT("bytes=-99999999999999999999999"),
     10,
     PARTIAL,
     1,
     {{0, 9}}},
    {"first past 64 bits",
     STATOR_SPAN_INIT("bytes=99999999999999999999999-"),
     10,
     UNSATISFIABLE,
     0,
     {{0}}},
    {"both past 64 bits",
     STATOR_SPAN_INIT("bytes=18446744073709551616-18446744073709551617"),
     10,
     UNSATISFIABLE,
     0,
     {{0}}},
    {"the longest length",
     STATOR_SPAN_INIT("bytes=18446744073709551614-"),
     BIG,
     PARTIAL,
     1,
     {{BIG - 1, BIG - 1}}},
    {"the longest length, touching",
     STATOR_SPAN_INIT("bytes=-1,0-18446744073709551613"),
     BIG,
     PARTIAL,
     1,
     {{0, BIG - 1}}},
    {"at the longest length",
     STATOR_SPAN_INIT("bytes=18446744073709551615-"),
     BIG,
     UNSATISFIABLE,
     0,
     {{0}}},

    {"two", STATOR_SPAN_INIT("bytes=0-1,4-5"), 10, PARTIAL, 2, {{0, 1}, {4, 5}}},
    {"order is kept", STATOR_SPAN_INIT("bytes=4-5,0-1"), 10, PARTIAL, 2, {{4, 5}, {0, 1}}},
    {"white space",
     STATOR_SPAN_INIT("bytes=0-1 ,\t4-5 , 8-"),
     10,
     PARTIAL,
     3,
     {{0, 1}, {4, 5}, {8, 9}}},
    {"empty members", STATOR_SPAN_INIT("bytes=,0-1,,4-5,"), 10, PARTIAL, 2, {{0, 1}, {4, 5}}},
    {"overlapping", STATOR_SPAN_INIT("bytes=0-4,3-6"), 10, PARTIAL, 1, {{0, 6}}},
    {"touching", STATOR_SPAN_INIT("bytes=0-3,4-6"), 10, PARTIAL, 1, {{0, 6}}},
    {"touching, backwards", STATOR_SPAN_INIT("bytes=4-6,0-3"), 10, PARTIAL, 1, {{0, 6}}},
    {"not quite touching", STATOR_SPAN_INIT("bytes=0-3,5-6"), 10, PARTIAL, 2, {{0, 3}, {5, 6}}},
    {"twice the same", STATOR_SPAN_INIT("bytes=1-2,1-2"), 10, PARTIAL, 1, {{1, 2}}},
    {"within", STATOR_SPAN_INIT("bytes=1-8,3-4"), 10, PARTIAL, 1, {{1, 8}}},
    {"around", STATOR_SPAN_INIT("bytes=3-4,1-8"), 10, PARTIAL, 1, {{1, 8}}},
    {"a bridge", STATOR_SPAN_INIT("bytes=8-9,0-1,4-5,1-4"), 10, PARTIAL, 2, {{8, 9}, {0, 5}}},
    {"all in one", STATOR_SPAN_INIT("bytes=8-9,0-1,4-5,0-"), 10, PARTIAL, 1, {{0, 9}}},
    {"the place of the first",
     STATOR_SPAN_INIT("bytes=6-6,0-0,9-9,7-8"),
     10,
     PARTIAL,
     2,
     {{6, 9}, {0, 0}}},

    {"nothing", STATOR_SPAN_INIT(""), 10, IGNORED, 0, {{0}}},
    {"no address", {NULL, 0}, 10, IGNORED, 0, {{0}}},
    {"the unit alone", STATOR_SPAN_INIT("bytes"), 10, IGNORED, 0, {{0}}},
    {"no ranges", STATOR_SPAN_INIT("bytes="), 10, IGNORED, 0, {{0}}},
    {"only commas", STATOR_SPAN_INIT("bytes=, ,"), 10, IGNORED, 0, {{0}}},
    {"no unit", STATOR_SPAN_INIT("0-1"), 10, IGNORED, 0, {{0}}},
    {"another unit", STATOR_SPAN_INIT("lines=0-1"), 10, IGNORED, 0, {{0}}},
    {"a longer unit", STATOR_SPAN_INIT("bytesx=0-1"), 10, IGNORED, 0, {{0}}},
    {"space before =", STATOR_SPAN_INIT("bytes =0-1"), 10, IGNORED, 0, {{0}}},
    {"no dash", STATOR_SPAN_INIT("bytes=5"), 10, IGNORED, 0, {{0}}},
    {"a lone dash", STATOR_SPAN_INIT("bytes=-"), 10, IGNORED, 0, {{0}}},
    {"two dashes", STATOR_SPAN_INIT("bytes=--5"), 10, IGNORED, 0, {{0}}},
    {"three numbers", STATOR_SPAN_INIT("bytes=1-2-3"), 10, IGNORED, 0, {{0}}},
    {"backwards", STATOR_SPAN_INIT("bytes=5-4"), 10, IGNORED, 0, {{0}}},
    {"backwards among others", STATOR_SPAN_INIT("bytes=0-1,5-4"), 10, IGNORED, 0, {{0}}},
    {"backwards and outside", STATOR_SPAN_INIT("bytes=50-40"), 10, IGNORED, 0, {{0}}},
    {"bad after good", STATOR_SPAN_INIT("bytes=0-1,x"), 10, IGNORED, 0, {{0}}},
    {"letters", STATOR_SPAN_INIT("bytes=a-b"), 10, IGNORED, 0, {{0}}},
    {"sign", STATOR_SPAN_INIT("bytes=+1-2"), 10, IGNORED, 0, {{0}}},
    {"space within", STATOR_SPAN_INIT("bytes=1 - 2"), 10, IGNORED, 0, {{0}}},
    {"semicolon", STATOR_SPAN_INIT("bytes=0-1;2-3"), 10, IGNORED, 0, {{0}}},
    {"quoted", STATOR_SPAN_INIT("bytes=\"0-1\""), 10, IGNORED, 0, {{0}}},
    {"NUL", STATOR_SPAN_INIT("bytes=0-1\0"), 10, IGNORED, 0, {{0}}},
};

Test(range, parse)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_range_set set = {.count = 4711};
        cr_expect_eq(stator_range_parse(rows[i].value, rows[i].length, &set), rows[i].result, "%s",
                     rows[i].label);
        cr_expect_eq(set.count, rows[i].result == PARTIAL ? rows[i].count : 4711, "%s",
                     rows[i].label);
        for (size_t at = 0; at < rows[i].count; at++) {
            cr_expect_eq(set.at[at].first, rows[i].ranges[at].first, "%s", rows[i].label);
            cr_expect_eq(set.at[at].last, rows[i].ranges[at].last, "%s", rows[i].label);
        }
    }
}

/* Asking for many is the attack, however few they melt into and wherever they lie. */
Test(range, at_most_so_many)
{
    static const struct {
        const char *label, *spec;
        enum stator_range_result allowed;
    } kinds[] = {
        {"the same", "0-0,", PARTIAL},
        {"outside", "99-,", UNSATISFIABLE},
        {"suffixes", "-1,", PARTIAL},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        for (int count = STATOR_RANGE_MAX; count <= STATOR_RANGE_MAX + 1; count++) {
            char value[200] = "bytes=";
            for (int spec = 0; spec < count; spec++) {
                strcat(value, kinds[i].spec);
            }
            struct stator_range_set set;
            enum stator_range_result wanted =
                count <= STATOR_RANGE_MAX ? kinds[i].allowed : IGNORED;
            cr_expect_eq(stator_range_parse(stator_span_from(value), 10, &set), wanted, "%d %s",
                         count, kinds[i].label);
        }
    }
}

Test(range, all_of_them_apart)
{
    char value[200] = "bytes=";
    for (int i = 0; i < STATOR_RANGE_MAX; i++) {
        char spec[20];
        snprintf(spec, sizeof(spec), "%d-%d,", i * 2, i * 2);
        strcat(value, spec);
    }
    struct stator_range_set set;
    cr_assert_eq(stator_range_parse(stator_span_from(value), 100, &set), PARTIAL);
    cr_expect_eq(set.count, STATOR_RANGE_MAX);
    cr_expect_eq(set.at[STATOR_RANGE_MAX - 1].last, 2 * STATOR_RANGE_MAX - 2);
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* One random field; marks the bytes that it asks for. */
static void make(unsigned *state, unsigned length, char value[200], bool wanted[32])
{
    strcpy(value, "bytes=");
    unsigned count = 1 + next_random(state) % STATOR_RANGE_MAX;
    for (unsigned i = 0; i < count; i++) {
        unsigned first = next_random(state) % 40, last = first + next_random(state) % 6;
        char spec[20];
        snprintf(spec, sizeof(spec), "%u-%u,", first, last);
        strcat(value, spec);
        for (unsigned at = first; at <= last && at < length; at++) {
            wanted[at] = true;
        }
    }
}

/* Whatever is asked for: just these bytes, each once, and no two stretches touch. */
Test(range, random_sets)
{
    unsigned state = 1;
    for (int round = 0; round < 20000; round++) {
        char value[200];
        bool wanted[32] = {false}, given[32] = {false}, any = false;
        unsigned length = next_random(&state) % 33;
        struct stator_range_set set = {0};
        make(&state, length, value, wanted);
        enum stator_range_result result = stator_range_parse(stator_span_from(value), length, &set);
        for (size_t i = 0; i < set.count; i++) {
            cr_assert_leq(set.at[i].first, set.at[i].last, "%s of %u", value, length);
            cr_assert_lt(set.at[i].last, length, "%s of %u", value, length);
            for (uint64_t at = set.at[i].first; at <= set.at[i].last; at++) {
                cr_assert_not(given[at], "%s of %u", value, length);
                given[at] = true;
            }
            for (size_t other = 0; other < i; other++) {
                cr_assert(set.at[i].first > set.at[other].last + 1 ||
                              set.at[other].first > set.at[i].last + 1,
                          "%s of %u", value, length);
            }
        }
        for (unsigned at = 0; at < length; at++) {
            any = any || wanted[at];
        }
        cr_assert_eq(result, any ? PARTIAL : UNSATISFIABLE, "%s of %u", value, length);
        cr_assert_arr_eq(given, wanted, sizeof(given), "%s of %u", value, length);
    }
}
