/* Response heads, to the byte. */
#include "http/head.h"

#include <criterion/criterion.h>

Test(head, is_written_in_order)
{
    struct stator_text text = {0};
    stator_head_begin(&text, STATOR_STATUS_PARTIAL_CONTENT);
    stator_head_add_date(&text, STATOR_SPAN_OF("Date"), 784111777);
    stator_head_add(&text, STATOR_SPAN_OF("ETag"), STATOR_SPAN_OF("\"a, b\""));
    stator_head_add(&text, STATOR_SPAN_OF("X-Empty"), (struct stator_span){NULL, 0});
    stator_head_add_number(&text, STATOR_SPAN_OF("Content-Length"), UINT64_MAX);
    stator_head_add_number(&text, STATOR_SPAN_OF("Age"), 0);
    stator_head_end(&text);
    struct stator_span wanted = STATOR_SPAN("HTTP/1.1 206 Partial Content\r\n"
                                            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                            "ETag: \"a, b\"\r\n"
                                            "X-Empty: \r\n"
                                            "Content-Length: 18446744073709551615\r\n"
                                            "Age: 0\r\n"
                                            "\r\n");
    cr_expect(stator_span_equal(stator_text_span(&text), wanted), "%.*s", (int)text.length,
              text.at);
    cr_expect_not(text.failed);
    stator_text_finish(&text);
}

Test(head, keeps_a_failure)
{
    struct stator_text text = {0};
    stator_head_begin(&text, STATOR_STATUS_OK);
    size_t length = text.length;
    stator_text_reserve(&text, SIZE_MAX);
    stator_head_add(&text, STATOR_SPAN_OF("A"), STATOR_SPAN_OF("b"));
    stator_head_add_number(&text, STATOR_SPAN_OF("A"), 1);
    stator_head_add_date(&text, STATOR_SPAN_OF("A"), 0);
    stator_head_end(&text);
    cr_expect(text.failed);
    cr_expect_eq(text.length, length);
    stator_text_finish(&text);
}
