/* Escapes: every byte there and back, and what is none. */
#include "http/escape.h"

#include <criterion/criterion.h>

Test(escape, every_byte_comes_back_but_for_control_bytes)
{
    for (int byte = 0; byte < 256; byte++) {
        struct stator_text text = {0};
        stator_escape_add(&text, (char)byte);
        cr_assert_eq(text.length, 3, "%d", byte);
        bool control = byte < ' ' || byte == 0x7f;
        cr_expect_eq(stator_escape_decode(stator_text_span(&text)), control ? -1 : byte, "%d",
                     byte);
        stator_text_finish(&text);
    }
}

Test(escape, digits_are_of_either_case_and_two)
{
    static const struct {
        struct stator_span text;
        int wanted;
    } rows[] = {
        {STATOR_SPAN_INIT("%41"), 'A'},  {STATOR_SPAN_INIT("%c3"), 0xc3},
        {STATOR_SPAN_INIT("%C3"), 0xc3}, {STATOR_SPAN_INIT("%412"), 'A'},
        {STATOR_SPAN_INIT("%"), -1},     {STATOR_SPAN_INIT("%4"), -1},
        {STATOR_SPAN_INIT("%4g"), -1},   {STATOR_SPAN_INIT("%g4"), -1},
        {STATOR_SPAN_INIT("%+1"), -1},   {STATOR_SPAN_INIT("%\0001"), -1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_escape_decode(rows[i].text), rows[i].wanted, "%s", rows[i].text.at);
    }
}

Test(escape, is_written_in_upper_case)
{
    struct stator_text text = {0};
    stator_escape_add(&text, (char)0xaf);
    cr_expect(stator_span_equal(stator_text_span(&text), STATOR_SPAN("%AF")));
    stator_text_finish(&text);
}
