/*
 * The corpus's own grammar: what is refused, what is understood, and that every file of the corpus
 * is good. A test tool that passes over what it does not understand would make all else worthless.
 */
#include <criterion/criterion.h>

#include "wire/answer.h"
#include "wire/corpus.h"
#include "wire/template.h"
#include "wire/way.h"

#define HEAD "# RFC 9110 9.3.1 - x\n"
#define GET  "> GET / HTTP/1.1\n>\n"
#define OK   "< HTTP/1.1 200 OK\n"

static bool parse(const char *source, struct wire_script *out)
{
    struct stator_text error = {0};
    bool good = wire_script_parse("x.wire", stator_span_from(source), out, &error);
    cr_expect_eq(good, error.length == 0, "an error has a message");
    stator_text_finish(&error);
    return good;
}

Test(script, refuses_what_says_nothing)
{
    static const struct {
        const char *label;
        const char *source;
    } rows[] = {
        {"empty", ""},
        {"no clause", "# a range\n" GET OK},
        {"no number", "# RFC nine 1 - a range\n" GET OK},
        {"no section", "# RFC 9110 - a range\n" GET OK},
        {"no sentence", "# RFC 9110 14.2 -\n" GET OK},
        {"no comment", GET OK},
        {"the same comment twice", HEAD GET OK HEAD GET OK},
        {"no expectation", HEAD GET},
        {"no expectation in the first of two", HEAD GET "# RFC 9110 9.3.2 - y\n" GET OK},
        {"a field without an answer", HEAD GET "< Host: x\n"},
        {"a field without a colon", HEAD GET OK "< Host\n"},
        {"a body before the empty line", HEAD GET OK "<< x\n"},
        {"an absent field after it", HEAD GET OK "<\n<! Host\n"},
        {"an unknown mark", HEAD GET OK "? x\n"},
        {"an unknown answer mark", HEAD GET OK "<? x\n"},
        {"an unknown setting", HEAD "@ sight listing\n" GET OK},
        {"a late setting", HEAD GET "@ site listing\n" OK},
        {"a bad duration", HEAD GET "@ 11\n" OK},
        {"a bad reading", HEAD "@ reading maybe\n" GET OK},
        {"a space at the end", HEAD "> GET / HTTP/1.1 \n>\n" OK},
        {"a control byte", HEAD "> GET\t/ HTTP/1.1\n>\n" OK},
        {"a CR", HEAD "> GET / HTTP/1.1\r\n>\n" OK},
        {"half-closed and open", HEAD GET "> [eof]\n" OK},
        {"sent after the end", HEAD GET "> [eof]\n" GET OK "< [close]\n"},
        {"expected after the close", HEAD GET "< [close]\n" OK},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct wire_script script;
        bool good = parse(rows[i].source, &script);
        cr_expect_not(good, "%s", rows[i].label);
        if (good) {
            wire_script_finish(&script);
        }
    }
}

Test(script, understands_steps_and_settings)
{
    struct wire_script script;
    cr_assert(
        parse("## about this file\n@ site listing\n\n" HEAD
              "# goes on\n> GET / HTTP/1.1\n>> raw\\n\n>\n< HTTP/1.1 100 Continue\n" OK
              "< ETag: *\n<! Allow\n<\n< body\n> [eof]\n< [close]\n"
              "# RFC 9112 9.5 - y\n@ site plain\n@ young\n> GET / HTTP/1.1\n> Range: bytes=0-\n"
              ">\n@ 11s\n< [silence]\n@ reading off\n@ replace a.txt new text\n< [cut]\n",
              &script));
    const enum wire_step_kind kinds[] = {
        WIRE_STEP_KIND_SEND,   WIRE_STEP_KIND_ANSWER,  WIRE_STEP_KIND_ANSWER,
        WIRE_STEP_KIND_EOF,    WIRE_STEP_KIND_CLOSE,   WIRE_STEP_KIND_SEND,
        WIRE_STEP_KIND_PASS,   WIRE_STEP_KIND_SILENCE, WIRE_STEP_KIND_READING,
        WIRE_STEP_KIND_CHANGE, WIRE_STEP_KIND_CUT,
    };
    cr_assert_eq(script.step_count, sizeof(kinds) / sizeof(kinds[0]));
    for (size_t i = 0; i < script.step_count; i++) {
        cr_expect_eq(script.steps[i].kind, kinds[i], "step %zu", i);
    }
    const struct wire_conversation *first = &script.conversations[0];
    const struct wire_conversation *second = &script.conversations[1];
    cr_assert_eq(script.conversation_count, 2);
    cr_expect(stator_span_equal(first->site, STATOR_SPAN("listing")));
    cr_expect(first->as_head && !first->memory_only && !first->young);
    cr_expect_eq(first->steps[0].line_count, 3);
    cr_expect_eq(first->steps[2].line_count, 5);
    cr_expect(stator_span_equal(second->site, STATOR_SPAN("plain")));
    cr_expect(!second->as_head && second->memory_only && second->young && second->changes);
    cr_expect_eq(second->steps[1].number, 11000);
    cr_expect(stator_span_equal(second->steps[4].words[2], STATOR_SPAN("new text")));
    wire_script_finish(&script);
}

Test(script, tells_request_lines)
{
    static const struct {
        const char *mark, *text, *method;
    } rows[] = {
        {">", "GET / HTTP/1.1", "GET"}, {">", "OPTIONS * HTTP/1.0", "OPTIONS"},
        {">>", "GET / HTTP/1.1", ""},   {">", "Host: HTTP/1.1", ""},
        {">", "GET / HTTP/2.0", ""},    {">", "GET", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct wire_line line = {1, stator_span_from(rows[i].mark), stator_span_from(rows[i].text)};
        cr_expect(stator_span_equal(wire_line_method(&line), stator_span_from(rows[i].method)),
                  "%s", rows[i].text);
    }
}

Test(template, expands)
{
    static const struct {
        const char *template, *out;
        bool escapes, good;
    } rows[] = {
        {"plain * text", "plain * text", false, true},
        {"a\\r\\nb\\x41\\\\", "a\r\nbA\\", true, true},
        {"a\\r", "a\\r", false, true},
        {"x${ab*3}y", "xabababy", false, true},
        {"${a\\n*2}", "a\na\n", true, true},
        {"${a*0}", "", false, true},
        {"[${known}]", "[value]", false, true},
        {"${known?}", "", false, false},
        {"${unknown}", "", false, false},
        {"${open", "", false, false},
        {"\\q", "", true, false},
        {"\\x4", "", true, false},
        {"cost: $5", "cost: $5", false, true},
    };
    struct wire_variables variables = {.count = 1, .at = {{.name = STATOR_SPAN_INIT("known")}}};
    stator_text_add_string(&variables.at[0].value, "value");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_text out = {0};
        bool good = wire_template_expand(stator_span_from(rows[i].template), rows[i].escapes,
                                         &variables, &out);
        cr_expect_eq(good, rows[i].good, "%s", rows[i].template);
        cr_expect(!good || stator_span_equal(stator_text_span(&out), stator_span_from(rows[i].out)),
                  "%s", rows[i].template);
        stator_text_finish(&out);
    }
    wire_variables_finish(&variables);
}

Test(template, matches)
{
    static const struct {
        const char *template, *value;
        bool fits;
    } rows[] = {
        {"bytes", "bytes", true},
        {"bytes", "byte", false},
        {"byte", "bytes", false},
        {"*", "", true},
        {"*", "anything", true},
        {"a*c", "abbc", true},
        {"a*c", "abbd", false},
        {"a*b*c", "a-b-b-c", true},
        {"bytes \\*/10", "bytes */10", true},
        {"bytes \\*/10", "bytes 0/10", false},
        {"\"${x?}\"", "\"abc\"", true},
        {"${x?}-${x}", "ab-ab", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct wire_variables variables = {0};
        bool fits = wire_template_match(stator_span_from(rows[i].template),
                                        stator_span_from(rows[i].value), &variables);
        cr_expect_eq(fits, rows[i].fits, "%s against %s", rows[i].template, rows[i].value);
        wire_variables_finish(&variables);
    }
}

Test(template, remembers_what_it_matched)
{
    struct wire_variables variables = {0};
    struct stator_text out = {0};
    cr_assert(wire_template_match(STATOR_SPAN("W/\"${tag?}\"; q=${q?}"),
                                  STATOR_SPAN("W/\"a-1\"; q=0.5"), &variables));
    cr_assert(wire_template_expand(STATOR_SPAN("${tag}/${q}"), false, &variables, &out));
    cr_expect(stator_span_equal(stator_text_span(&out), STATOR_SPAN("a-1/0.5")));
    stator_text_finish(&out);
    wire_variables_finish(&variables);
}

#define DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define TYPE "Content-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\n"
#define BODY "Content-Length: 2\r\n" TYPE "\r\nok"

Test(answer, reads_and_judges)
{
    static const struct {
        const char *label, *bytes;
        bool head;
        enum wire_read read;
        bool lawful;
    } rows[] = {
        {"good", "HTTP/1.1 200 OK\r\n" DATE BODY, false, WIRE_READ_DONE, true},
        {"short of a byte", "HTTP/1.1 200 OK\r\n" DATE "Content-Length: 3\r\n\r\nok", false,
         WIRE_READ_MORE, false},
        {"head alone", "HTTP/1.1 200 OK\r\n" DATE "Content-Length: 3\r\n" TYPE "\r\n", true,
         WIRE_READ_DONE, true},
        {"no end of head", "HTTP/1.1 200 OK\r\n" DATE, false, WIRE_READ_MORE, false},
        {"bare LF", "HTTP/1.1 200 OK\n" DATE BODY, false, WIRE_READ_BAD, false},
        {"version", "HTTP/1.0 200 OK\r\n" DATE BODY, false, WIRE_READ_BAD, false},
        {"space before colon", "HTTP/1.1 200 OK\r\nDate : x\r\n\r\n", false, WIRE_READ_BAD, false},
        {"no length", "HTTP/1.1 200 OK\r\n" DATE "\r\n", false, WIRE_READ_BAD, false},
        {"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx", false,
         WIRE_READ_BAD, false},
        {"interim", "HTTP/1.1 100 Continue\r\n\r\n", false, WIRE_READ_DONE, true},
        {"no Date", "HTTP/1.1 200 OK\r\n" BODY, false, WIRE_READ_DONE, false},
        {"old date form", "HTTP/1.1 200 OK\r\nDate: Sunday, 06-Nov-94 08:49:37 GMT\r\n" BODY, false,
         WIRE_READ_DONE, false},
        {"Date twice", "HTTP/1.1 200 OK\r\n" DATE DATE BODY, false, WIRE_READ_DONE, false},
        {"no type", "HTTP/1.1 200 OK\r\n" DATE "Content-Length: 0\r\n\r\n", false, WIRE_READ_DONE,
         false},
        {"405 without Allow", "HTTP/1.1 405 Method Not Allowed\r\n" DATE BODY, false,
         WIRE_READ_DONE, false},
        {"204 with a length", "HTTP/1.1 204 No Content\r\n" DATE "Content-Length: 0\r\n\r\n", false,
         WIRE_READ_DONE, false},
        {"redirect to a host", "HTTP/1.1 308 Permanent Redirect\r\nLocation: //evil/\r\n" DATE BODY,
         false, WIRE_READ_DONE, false},
        {"416 without range",
         "HTTP/1.1 416 Range Not Satisfiable\r\nAccept-Ranges: bytes\r\n" DATE BODY, false,
         WIRE_READ_DONE, false},
        {"modified tomorrow",
         "HTTP/1.1 200 OK\r\nLast-Modified: Mon, 07 Nov 1994 08:49:37 GMT\r\n" DATE BODY, false,
         WIRE_READ_DONE, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct wire_answer answer;
        struct stator_text why = {0};
        enum wire_read read =
            wire_answer_read(stator_span_from(rows[i].bytes), rows[i].head, &answer, &why);
        cr_expect_eq(read, rows[i].read, "%s", rows[i].label);
        if (read == WIRE_READ_DONE) {
            cr_expect_eq(wire_answer_check(&answer, false, &why), rows[i].lawful, "%s: %.*s",
                         rows[i].label, (int)why.length, why.at);
        }
        stator_text_finish(&why);
    }
}

Test(way, cuts_cover_everything)
{
    const enum wire_cut cuts[] = {WIRE_CUT_NONE, WIRE_CUT_BYTES, WIRE_CUT_RANDOM};
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        uint64_t seed = wire_seed();
        for (size_t left = 100000; left > 0;) {
            size_t length = wire_cut_next(cuts[i], left, &seed);
            cr_assert(length > 0 && length <= left && (cuts[i] != WIRE_CUT_NONE || length == left));
            left -= length;
        }
    }
}

/* Every file is understood, and every conversation has a site. */
Test(corpus, is_well_formed)
{
    struct wire_corpus corpus;
    size_t count = 0;
    cr_assert(wire_corpus_init(&corpus));
    for (size_t i = 0; i < corpus.count; i++) {
        struct wire_script script;
        struct stator_text error = {0};
        bool good = wire_corpus_open(&corpus, i, &script, &error);
        cr_expect(good, "%.*s", (int)error.length, error.at);
        if (good) {
            count += script.conversation_count;
            wire_script_finish(&script);
        }
        stator_text_finish(&error);
    }
    cr_log_info("%zu conversations in %zu files", count, corpus.count);
    cr_expect_geq(count, 180, "only %zu conversations", count);
    wire_corpus_finish(&corpus);
}
