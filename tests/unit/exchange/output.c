/* Outputs: how they move on over head, body and file, and what a file that changes does to them. */
#include "exchange/output.h"

#include <errno.h>

#include "fixture.h"

#define FILE_BYTES 70000

/* An output of `head` and `body`, and of all of `entry` but its first byte if it is not NULL. */
static void make(struct stator_output *out, const char *head, const char *body,
                 const struct stator_entry *entry)
{
    stator_output_init(out);
    out->head = stator_span_from(head);
    if (body != NULL) {
        out->body = stator_span_from(body);
    }
    out->entry = entry;
    out->file_offset = 1;
    out->file_left = entry != NULL ? entry->version.size - 1 : 0;
}

static char expected_at(const char *memory, size_t index)
{
    size_t length = strlen(memory);

    return index < length ? memory[index] : fixture_byte(index - length + 1);
}

Test(output, starts_empty)
{
    struct stator_output out;
    struct stator_span spans[2];
    char byte;

    stator_output_init(&out);
    cr_expect(stator_output_is_empty(&out));
    cr_expect_eq(stator_output_bytes(&out, spans), 0);
    cr_expect_eq(stator_output_pull(&out, &byte, 1), 0);
    stator_output_finish(&out);
    stator_output_finish(NULL);
}

Test(output, advances_over_every_border_in_any_two_steps)
{
    const size_t head = 3, body = 4, file = 5, all = 12;

    for (size_t first = 0; first <= all; first++) {
        for (size_t second = 0; second <= all - first; second++) {
            struct stator_output out;
            size_t sum = first + second;
            size_t body_taken = sum < head ? 0 : sum < head + body ? sum - head : body;
            size_t file_taken = sum < head + body ? 0 : sum - head - body;

            make(&out, "abc", "defg", NULL);
            out.file_offset = 100;
            out.file_left = file;
            stator_output_advance(&out, first);
            stator_output_advance(&out, second);
            cr_expect_eq(out.head.length, sum < head ? head - sum : 0, "%zu + %zu", first, second);
            cr_expect_eq(out.body.length, body - body_taken, "%zu + %zu", first, second);
            cr_expect_eq(out.file_left, file - file_taken, "%zu + %zu", first, second);
            cr_expect_eq(out.file_offset, 100 + file_taken, "%zu + %zu", first, second);
            cr_expect_eq(out.taken, sum, "%zu + %zu", first, second);
            cr_expect_eq(stator_output_is_empty(&out), sum == all, "%zu + %zu", first, second);
            stator_output_finish(&out);
        }
    }
}

Test(output, names_what_lies_in_memory)
{
    static const struct {
        const char *label;
        const char *head;
        const char *body;
        size_t taken;
        size_t count;
        const char *spans[2];
    } rows[] = {
        {"both", "ab", "cd", 0, 2, {"ab", "cd"}},
        {"rest of head", "ab", "cd", 1, 2, {"b", "cd"}},
        {"body alone", "ab", "cd", 2, 1, {"cd", NULL}},
        {"rest of body", "ab", "cd", 3, 1, {"d", NULL}},
        {"none", "ab", "cd", 4, 0, {NULL, NULL}},
        {"no body", "ab", NULL, 0, 1, {"ab", NULL}},
        {"no head", "", "cd", 0, 1, {"cd", NULL}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_output out;
        struct stator_span spans[2];

        make(&out, rows[i].head, rows[i].body, NULL);
        stator_output_advance(&out, rows[i].taken);
        cr_assert_eq(stator_output_bytes(&out, spans), rows[i].count, "%s", rows[i].label);
        for (size_t k = 0; k < rows[i].count; k++) {
            cr_expect(stator_span_equal(spans[k], stator_span_from(rows[i].spans[k])), "%s",
                      rows[i].label);
        }
        stator_output_finish(&out);
    }
}

Test(output, gives_the_same_bytes_in_pieces_of_any_size)
{
    struct fixture fixture;
    char memory[512], *buffer = malloc(FILE_BYTES);

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/f.txt", FILE_BYTES);

    struct stator_entry *entry = fixture_entry(&fixture, "/f.txt");

    cr_assert_geq(entry->fd, 0);
    for (uint64_t seed = 1; seed <= 40; seed++) {
        uint64_t state = seed;
        struct stator_output out;
        size_t total = 0;
        int64_t count = 1;

        make(&out, "HEAD of some length|", "and a BODY|", entry);
        snprintf(memory, sizeof(memory), "HEAD of some length|and a BODY|");
        while (count > 0) {
            size_t size = 1 + generator_next(&state) % (seed % 2 == 0 ? 40 : 30000);

            count = stator_output_pull(&out, buffer, size);
            cr_assert_geq(count, 0, "seed %zu", (size_t)seed);
            cr_assert_leq((size_t)count, size, "seed %zu", (size_t)seed);
            for (int64_t i = 0; i < count; i++) {
                cr_assert_eq(buffer[i], expected_at(memory, total + (size_t)i),
                             "seed %zu, byte %zu", (size_t)seed, total + (size_t)i);
            }
            total += (size_t)count;
        }
        cr_expect_eq(total, strlen(memory) + FILE_BYTES - 1, "seed %zu", (size_t)seed);
        cr_expect_eq(out.taken, total);
        cr_expect(stator_output_is_empty(&out));
        stator_output_finish(&out);
    }
    stator_entry_unref(entry);
    free(buffer);
    fixture_close(&fixture);
}

/* Pulls to the end or to a failure; `*out_total` is how many bytes came. */
static int64_t pull_all(struct stator_output *out, uint64_t *out_total)
{
    char buffer[5000];
    int64_t count;

    *out_total = 0;
    while ((count = stator_output_pull(out, buffer, sizeof(buffer))) > 0) {
        *out_total += (uint64_t)count;
    }
    return count;
}

Test(output, a_file_that_shrinks_cuts_the_output)
{
    struct fixture fixture;
    struct stator_output out;
    char path[256], buffer[1000];
    uint64_t total;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/f.txt", FILE_BYTES);

    struct stator_entry *entry = fixture_entry(&fixture, "/f.txt");

    make(&out, "h", NULL, entry);
    cr_expect_eq(stator_output_pull(&out, buffer, sizeof(buffer)), (int64_t)sizeof(buffer));
    fixture_path(&fixture, "site/f.txt", path);
    cr_assert_eq(truncate(path, 30000), 0);
    cr_expect_eq(pull_all(&out, &total), -ESTALE);
    cr_expect_leq(total, 30000);
    stator_output_finish(&out);
    stator_entry_unref(entry);
    fixture_close(&fixture);
}

Test(output, a_file_that_was_rewritten_never_gives_its_last_bytes)
{
    struct fixture fixture;
    struct stator_output out;
    char buffer[1000];
    uint64_t total;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/f.txt", FILE_BYTES);

    struct stator_entry *entry = fixture_entry(&fixture, "/f.txt");

    make(&out, "h", NULL, entry);
    cr_expect_eq(stator_output_pull(&out, buffer, sizeof(buffer)), (int64_t)sizeof(buffer));
    fixture_pattern(&fixture, "site/f.txt", FILE_BYTES);
    fixture_touch(&fixture, "site/f.txt", FIXTURE_TIME + 1);
    cr_expect_eq(pull_all(&out, &total), -ESTALE);
    cr_expect_lt(total, FILE_BYTES - sizeof(buffer));
    cr_expect_gt(out.file_left, 0);
    stator_output_finish(&out);
    stator_entry_unref(entry);
    fixture_close(&fixture);
}

Test(output, a_file_that_was_only_renamed_over_is_sent_to_its_end)
{
    struct fixture fixture;
    struct stator_output out;
    char from[256], to[256];
    uint64_t total;

    fixture_open(&fixture);
    fixture_pattern(&fixture, "site/f.txt", FILE_BYTES);

    struct stator_entry *entry = fixture_entry(&fixture, "/f.txt");

    make(&out, "h", NULL, entry);
    fixture_write(&fixture, "site/g.txt", "another", 7);
    fixture_path(&fixture, "site/g.txt", from);
    fixture_path(&fixture, "site/f.txt", to);
    cr_assert_eq(rename(from, to), 0);
    cr_expect_eq(pull_all(&out, &total), 0);
    cr_expect_eq(total, FILE_BYTES);
    stator_output_finish(&out);
    stator_entry_unref(entry);
    fixture_close(&fixture);
}

Test(output, a_head_that_is_kept_outlives_the_scratch)
{
    struct stator_output out;
    char scratch[] = "abcdef";
    char got[16];

    make(&out, scratch, "ghi", NULL);
    stator_output_advance(&out, 2);
    cr_expect_eq(stator_output_keep(&out), 0);
    memset(scratch, 'x', sizeof(scratch) - 1);
    cr_expect_eq(stator_output_keep(&out), 0, "twice is harmless");
    cr_expect_eq(stator_output_pull(&out, got, sizeof(got)), 7);
    cr_expect_eq(memcmp(got, "cdefghi", 7), 0);
    cr_expect_eq(stator_output_keep(&out), 0, "nothing is left to keep");
    stator_output_finish(&out);
}

Test(output, folds_any_number_of_answers_into_one_head)
{
    struct stator_output out;
    struct stator_text scratch = {0};
    char expected[1000] = "", got[1000];
    size_t length = 0;

    stator_text_add_string(&scratch, "of an earlier answer");
    stator_output_init(&out);
    out.head = STATOR_SPAN("first ");
    out.body = STATOR_SPAN("body|");
    strcpy(expected, "first body|");
    cr_assert(stator_output_fold(&out, &scratch));
    for (int i = 0; i < 50; i++) {
        stator_text_add_string(&scratch, "next ");
        out.head = stator_text_span(&scratch);
        out.body = STATOR_SPAN("body|");
        strcat(expected, "next body|");
        cr_assert(stator_output_fold(&out, &scratch));
        cr_expect_eq(out.body.length, 0);
    }
    length = strlen(expected);
    cr_expect_eq(stator_output_length(&out), length);
    cr_expect_eq(stator_output_pull(&out, got, sizeof(got)), (int64_t)length);
    cr_expect_eq(memcmp(got, expected, length), 0);
    stator_text_finish(&scratch);
    stator_output_finish(&out);
}
