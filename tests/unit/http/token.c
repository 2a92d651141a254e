/* Character classes, lists, parameters and numbers. */
#include "http/token.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Each class, as the RFCs spell it out, against every byte there is. */
Test(token, classes)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    static const char hex[] = "0123456789abcdefABCDEF";
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        bool visible = byte > 0x20 && byte < 0x7f, high = byte >= 0x80;
        bool plain = byte != 0 && strchr(letters, byte) != NULL;
        const struct {
            const char *label;
            unsigned char bit;
            bool wanted;
        } rows[] = {
            {"tchar", STATOR_CHAR_TOKEN,
             plain || (byte != 0 && strchr("!#$%&'*+-.^_`|~", byte) != NULL)},
            {"field", STATOR_CHAR_FIELD, visible || high || byte == ' ' || byte == '\t'},
            {"target", STATOR_CHAR_TARGET, visible && byte != '#'},
            {"etagc", STATOR_CHAR_ETAG, (visible && byte != '"') || high},
            {"digit", STATOR_CHAR_DIGIT, byte >= '0' && byte <= '9'},
            {"hex", STATOR_CHAR_HEX, byte != 0 && strchr(hex, byte) != NULL},
            {"path", STATOR_CHAR_PATH,
             plain || (byte != 0 && strchr("-._~!$&'()*+,;=:@/", byte) != NULL)},
            {"name", STATOR_CHAR_NAME,
             plain || (byte != 0 && strchr("-._~!$&'()*+,;=", byte) != NULL)},
        };
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            cr_expect_eq(stator_char_is(c, rows[i].bit), rows[i].wanted, "%s %#x", rows[i].label,
                         (unsigned)byte);
        }
    }
}

Test(token, valid)
{
    static const struct {
        struct stator_span text;
        bool valid;
    } rows[] = {
        {STATOR_SPAN_INIT("GET"), true},
        {STATOR_SPAN_INIT("x-y_z!"), true},
        {STATOR_SPAN_INIT(""), false},
        {STATOR_SPAN_INIT("a b"), false},
        {STATOR_SPAN_INIT("a\0"), false},
        {STATOR_SPAN_INIT("a:"), false},
        {STATOR_SPAN_INIT("\xe4"), false},
        {STATOR_SPAN_INIT("a\t"), false},
        {{NULL, 0}, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_token_is_valid(rows[i].text), rows[i].valid, "row %zu", i);
    }
}

Test(token, length)
{
    static const char text[] = "Sec-Fetch-Dest-And-More";
    for (size_t length = 0; length < sizeof(text); length++) {
        for (size_t end = 0; end <= length; end++) {
            char copy[sizeof(text)];
            memcpy(copy, text, sizeof(text));
            copy[end] = ':';
            cr_expect_eq(stator_token_length((struct stator_span){copy, length}), end,
                         "%zu of %zu bytes", end, length);
        }
    }
}

/* Wherever a byte stands, and however long the value is, its class alone decides. */
Test(token, field_is_valid)
{
    char text[50];
    cr_expect(stator_field_is_valid((struct stator_span){NULL, 0}));
    for (size_t length = 1; length <= sizeof(text); length++) {
        memset(text, 'x', sizeof(text));
        for (size_t at = 0; at < length; at++) {
            for (int byte = 0; byte < 256; byte++) {
                text[at] = (char)byte;
                bool valid = stator_field_is_valid((struct stator_span){text, length});
                if (valid != stator_char_is((char)byte, STATOR_CHAR_FIELD)) {
                    cr_expect(false, "%#x at %zu of %zu", (unsigned)byte, at, length);
                }
            }
            text[at] = 'x';
        }
    }
}

static const struct {
    const char *label;
    struct stator_span list;
    const char *members[4];
} lists[] = {
    {"nothing", {NULL, 0}, {NULL}},
    {"one", STATOR_SPAN_INIT("a"), {"a"}},
    {"two", STATOR_SPAN_INIT("a,b"), {"a", "b"}},
    {"white space around", STATOR_SPAN_INIT(" a\t, \tb "), {"a", "b"}},
    {"white space within", STATOR_SPAN_INIT("a b,c"), {"a b", "c"}},
    {"empty members", STATOR_SPAN_INIT(",, a ,\t,b, ,"), {"a", "b"}},
    {"only commas", STATOR_SPAN_INIT(" , ,"), {NULL}},
    {"comma in quotes", STATOR_SPAN_INIT("a=\"x,y\",b"), {"a=\"x,y\"", "b"}},
    {"escaped quote", STATOR_SPAN_INIT("\"x\\\",y\",b"), {"\"x\\\",y\"", "b"}},
    {"escaped backslash", STATOR_SPAN_INIT("\"x\\\\\",b"), {"\"x\\\\\"", "b"}},
    {"quote never closed", STATOR_SPAN_INIT("a,\"b,c"), {"a", "\"b,c"}},
    {"backslash at the end", STATOR_SPAN_INIT("a,\"b\\"), {"a", "\"b\\"}},
    {"backslash without quotes", STATOR_SPAN_INIT("a\\,b"), {"a\\", "b"}},
};

/* What `next` makes of `list`, where commas may stand for another separator. */
static void check_list(bool (*next)(struct stator_span *, struct stator_span *), size_t row,
                       char separator)
{
    char copy[64];
    size_t length = lists[row].list.length;
    for (size_t i = 0; i < length; i++) {
        copy[i] = lists[row].list.at[i];
        copy[i] = (char)(copy[i] == ',' ? separator : copy[i]);
    }
    struct stator_span rest = {copy, length}, member;
    for (size_t i = 0; lists[row].members[i] != NULL; i++) {
        char wanted[64];
        size_t wanted_length = strlen(lists[row].members[i]);
        for (size_t at = 0; at < wanted_length; at++) {
            char c = lists[row].members[i][at];
            wanted[at] = (char)(c == ',' ? separator : c);
        }
        cr_assert(next(&rest, &member), "%s, member %zu", lists[row].label, i);
        cr_expect(stator_span_equal(member, (struct stator_span){wanted, wanted_length}),
                  "%s, member %zu", lists[row].label, i);
    }
    cr_expect_not(next(&rest, &member), "%s", lists[row].label);
    cr_expect_not(next(&rest, &member), "%s, asked again", lists[row].label);
}

Test(token, list_next)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        check_list(stator_list_next, i, ',');
    }
}

Test(token, parameter_next)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        check_list(stator_parameter_next, i, ';');
    }
}

Test(token, number_parse)
{
    static const struct {
        struct stator_span text;
        bool valid;
        uint64_t number;
    } rows[] = {
        {STATOR_SPAN_INIT("0"), true, 0},
        {STATOR_SPAN_INIT("007"), true, 7},
        {STATOR_SPAN_INIT("18446744073709551615"), true, UINT64_MAX},
        {STATOR_SPAN_INIT("000000000000018446744073709551615"), true, UINT64_MAX},
        {STATOR_SPAN_INIT("18446744073709551616"), false, 0},
        {STATOR_SPAN_INIT("18446744073709551620"), false, 0},
        {STATOR_SPAN_INIT("99999999999999999999999"), false, 0},
        {STATOR_SPAN_INIT(""), false, 0},
        {{NULL, 0}, false, 0},
        {STATOR_SPAN_INIT("+1"), false, 0},
        {STATOR_SPAN_INIT("-1"), false, 0},
        {STATOR_SPAN_INIT(" 1"), false, 0},
        {STATOR_SPAN_INIT("1 "), false, 0},
        {STATOR_SPAN_INIT("0x1"), false, 0},
        {STATOR_SPAN_INIT("1\0"), false, 0},
        {STATOR_SPAN_INIT("\xb2"), false, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t number = 4711;
        cr_expect_eq(stator_number_parse(rows[i].text, &number), rows[i].valid, "row %zu", i);
        cr_expect_eq(number, rows[i].valid ? rows[i].number : 4711, "row %zu", i);
    }
}

Test(token, hex_value)
{
    for (int byte = 0; byte < 256; byte++) {
        unsigned value;
        char text[2] = {(char)byte, '\0'};
        bool is_hex = strspn(text, "0123456789abcdefABCDEF") == 1;
        int wanted = is_hex && sscanf(text, "%x", &value) == 1 ? (int)value : -1;
        cr_expect_eq(stator_hex_value((char)byte), wanted, "%#x", (unsigned)byte);
    }
}
