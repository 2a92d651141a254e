/* Texts: what is added, how they grow, and that a failure sticks. */
#include "base/text.h"

#include <criterion/criterion.h>
#include <stdio.h>

static bool is(const struct stator_text *text, const char *wanted)
{
    return stator_span_equal(stator_text_span(text), stator_span_from(wanted));
}

Test(text, adds_in_order)
{
    struct stator_text text = {0};
    cr_expect(is(&text, ""));
    stator_text_add(&text, STATOR_SPAN("one "));
    stator_text_add_char(&text, '2');
    stator_text_add_string(&text, " three ");
    stator_text_add_number(&text, 4);
    stator_text_add_format(&text, " %s-%03d", "five", 6);
    cr_expect(is(&text, "one 2 three 4 five-006"));
    cr_expect_not(text.failed);
    stator_text_finish(&text);
    cr_expect(text.at == NULL && text.length == 0 && text.capacity == 0);
    stator_text_finish(&text);
}

Test(text, adds_nothing_for_nothing)
{
    struct stator_text text = {0};
    stator_text_add(&text, (struct stator_span){NULL, 0});
    stator_text_add_string(&text, "");
    stator_text_add_string(&text, NULL);
    stator_text_add_format(&text, "%s", "");
    cr_expect_eq(text.length, 0);
    cr_expect_not(text.failed);
    stator_text_finish(&text);
}

Test(text, numbers)
{
    static const struct {
        uint64_t number;
        const char *digits;
    } rows[] = {
        {0, "0"},
        {9, "9"},
        {10, "10"},
        {1007, "1007"},
        {UINT32_MAX, "4294967295"},
        {UINT64_MAX, "18446744073709551615"},
    };
    struct stator_text text = {0};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        stator_text_clear(&text);
        stator_text_add_number(&text, rows[i].number);
        cr_expect(is(&text, rows[i].digits), "%s", rows[i].digits);
    }
    stator_text_finish(&text);
}

Test(text, grows_and_keeps_what_it_has)
{
    struct stator_text text = {0};
    for (int i = 0; i < 100000; i++) {
        stator_text_add_char(&text, (char)('a' + i % 26));
    }
    cr_assert_eq(text.length, 100000);
    for (int i = 0; i < 100000; i++) {
        cr_assert_eq(text.at[i], 'a' + i % 26);
    }
    size_t capacity = text.capacity;
    cr_expect_leq(capacity, 200000);
    stator_text_clear(&text);
    cr_expect_eq(text.length, 0);
    cr_expect_eq(text.capacity, capacity);
    stator_text_finish(&text);
}

Test(text, formats_of_every_length_around_the_capacity)
{
    char wanted[1200];
    memset(wanted, 'x', sizeof(wanted));
    for (int length = 0; length < (int)sizeof(wanted); length++) {
        struct stator_text text = {0};
        stator_text_add_format(&text, "%.*s", length, wanted);
        cr_assert_eq(text.length, (size_t)length);
        cr_assert_eq(memcmp(text.at, wanted, (size_t)length), 0);
        stator_text_finish(&text);
    }
}

Test(text, reserve_makes_room_and_adds_nothing)
{
    struct stator_text text = {0};
    char *room = stator_text_reserve(&text, 0);
    cr_expect_not_null(room, "room for nothing is no failure");
    room = stator_text_reserve(&text, 1000);
    cr_assert_not_null(room);
    memset(room, 'x', 1000);
    cr_expect_eq(text.length, 0);
    text.length += 1000;
    cr_expect_eq(stator_text_reserve(&text, 1), text.at + 1000);
    stator_text_finish(&text);
}

/* Fails every kind of addition: first the one that cannot be, then all after it, until cleared. */
Test(text, failure_sticks)
{
    struct stator_text text = {0};
    stator_text_add_string(&text, "kept");
    cr_expect_null(stator_text_reserve(&text, SIZE_MAX), "the sum overflows");
    cr_expect(text.failed);
    cr_expect_null(stator_text_reserve(&text, 1));
    stator_text_add(&text, STATOR_SPAN("a"));
    stator_text_add_char(&text, 'b');
    stator_text_add_string(&text, "c");
    stator_text_add_number(&text, 1);
    stator_text_add_format(&text, "%d", 2);
    cr_expect(is(&text, "kept"));
    stator_text_clear(&text);
    stator_text_add_string(&text, "again");
    cr_expect(is(&text, "again"));
    cr_expect_not(text.failed);
    stator_text_finish(&text);
}
