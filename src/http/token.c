/*
 * The lexical grounds of fields: which bytes may stand where, and how a list comes apart.
 *
 * Knows characters, digits and commas; refuses to know what any field means. The one surprising
 * thing: a comma inside a quoted-string does not end a member, and a quote that is never closed
 * takes everything up to the end, so a broken member cannot turn into two good ones.
 */
#include "http/token.h"

#define TOKEN   STATOR_CHAR_TOKEN
#define NAME    (STATOR_CHAR_PATH | STATOR_CHAR_NAME)
#define PATH    STATOR_CHAR_PATH
#define DIGIT   (STATOR_CHAR_DIGIT | STATOR_CHAR_HEX)
#define HEX     STATOR_CHAR_HEX
#define VISIBLE (STATOR_CHAR_FIELD | STATOR_CHAR_TARGET | STATOR_CHAR_ETAG)

/* No range overlaps another: each byte's row is the whole truth about it. */
const unsigned char stator_char_classes[256] = {
    ['\t'] = STATOR_CHAR_FIELD,
    [' '] = STATOR_CHAR_FIELD,
    ['!'] = VISIBLE | TOKEN | NAME,
    ['"'] = STATOR_CHAR_FIELD | STATOR_CHAR_TARGET,
    ['#'] = STATOR_CHAR_FIELD | STATOR_CHAR_ETAG | TOKEN,
    ['$'] = VISIBLE | TOKEN | NAME,
    ['%'] = VISIBLE | TOKEN,
    ['&' ... '\''] = VISIBLE | TOKEN | NAME,
    ['(' ... ')'] = VISIBLE | NAME,
    ['*' ... '+'] = VISIBLE | TOKEN | NAME,
    [','] = VISIBLE | NAME,
    ['-' ... '.'] = VISIBLE | TOKEN | NAME,
    ['/'] = VISIBLE | PATH,
    ['0' ... '9'] = VISIBLE | TOKEN | NAME | DIGIT,
    [':'] = VISIBLE | PATH,
    [';'] = VISIBLE | NAME,
    ['<'] = VISIBLE,
    ['='] = VISIBLE | NAME,
    ['>' ... '?'] = VISIBLE,
    ['@'] = VISIBLE | PATH,
    ['A' ... 'F'] = VISIBLE | TOKEN | NAME | HEX,
    ['G' ... 'Z'] = VISIBLE | TOKEN | NAME,
    ['[' ... ']'] = VISIBLE,
    ['^'] = VISIBLE | TOKEN,
    ['_'] = VISIBLE | TOKEN | NAME,
    ['`'] = VISIBLE | TOKEN,
    ['a' ... 'f'] = VISIBLE | TOKEN | NAME | HEX,
    ['g' ... 'z'] = VISIBLE | TOKEN | NAME,
    ['{'] = VISIBLE,
    ['|'] = VISIBLE | TOKEN,
    ['}'] = VISIBLE,
    ['~'] = VISIBLE | TOKEN | NAME,
    [0x80 ... 0xff] = STATOR_CHAR_FIELD | STATOR_CHAR_ETAG,
};

size_t stator_token_length(struct stator_span text)
{
    size_t length = 0;
    while (length < text.length && stator_char_is(text.at[length], TOKEN)) {
        length++;
    }
    return length;
}

bool stator_token_is_valid(struct stator_span text)
{
    return text.length > 0 && stator_token_length(text) == text.length;
}

/* --- field values ---------------------------------------------------------------------------- */

/* Bytes that are looked at at once; the compiler finds the machine's instructions for them. */
#define LANES 16

struct lanes {
    uint8_t of __attribute__((vector_size(LANES)));
};

/* Adds to `*wrong` which of the LANES bytes may not stand in a field value. */
static void add_wrong(struct lanes *wrong, const char *at)
{
    struct lanes bytes;
    memcpy(&bytes, at, LANES);
    wrong->of |= (uint8_t __attribute__((vector_size(LANES))))(
        ((bytes.of < ' ') & (bytes.of != '\t')) | (bytes.of == 0x7f));
}

static bool is_any(const struct lanes *lanes)
{
    uint64_t half[LANES / sizeof(uint64_t)];
    memcpy(half, lanes, sizeof(half));
    return (half[0] | half[1]) != 0;
}

/* Values are most of a head. The last LANES bytes may be looked at twice. */
bool stator_field_is_valid(struct stator_span text)
{
    struct lanes wrong = {{0}};
    if (text.length < LANES) {
        unsigned char all = STATOR_CHAR_FIELD;
        for (size_t i = 0; i < text.length; i++) {
            all &= stator_char_classes[(unsigned char)text.at[i]];
        }
        return all != 0;
    }
    for (size_t i = 0; i + LANES < text.length; i += LANES) {
        add_wrong(&wrong, text.at + i);
    }
    add_wrong(&wrong, text.at + text.length - LANES);
    return !is_any(&wrong);
}

/* --- lists ----------------------------------------------------------------------------------- */

/* The length of the member at the start of `text`: up to the separator, or all of it. */
static size_t member_length(struct stator_span text, char separator)
{
    bool quoted = false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted && c == '\\') {
            i++; /* quoted-pair: RFC 9110 5.6.4 */
        } else if (!quoted && c == separator) {
            return i;
        }
    }
    return text.length;
}

static bool next_member(struct stator_span *rest, char separator, struct stator_span *out)
{
    while (rest->length > 0) {
        size_t length = member_length(*rest, separator);
        struct stator_span member = stator_span_trim(stator_span_first(*rest, length));
        *rest = stator_span_skip(*rest, length < rest->length ? length + 1 : length);
        if (member.length > 0) {
            *out = member;
            return true;
        }
    }
    return false;
}

bool stator_list_next(struct stator_span *rest, struct stator_span *out)
{
    return next_member(rest, ',', out);
}

bool stator_parameter_next(struct stator_span *rest, struct stator_span *out)
{
    return next_member(rest, ';', out);
}

/* So many digits never overflow. */
#define DIGITS_SAFE 19

static bool parse_short(struct stator_span text, uint64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = (unsigned char)text.at[i] - (unsigned)'0';
        if (digit > 9) {
            return false;
        }
        number = number * 10 + digit;
    }
    *out = number;
    return true;
}

bool stator_number_parse(struct stator_span text, uint64_t *out)
{
    uint64_t number = 0;
    if (text.length > 0 && text.length <= DIGITS_SAFE) {
        return parse_short(text, out);
    }
    for (size_t i = 0; i < text.length; i++) {
        if (!stator_char_is(text.at[i], STATOR_CHAR_DIGIT) ||
            __builtin_mul_overflow(number, 10u, &number) ||
            __builtin_add_overflow(number, (uint64_t)(text.at[i] - '0'), &number)) {
            return false;
        }
    }
    if (text.length == 0) {
        return false;
    }
    *out = number;
    return true;
}

int stator_hex_value(char c)
{
    if (!stator_char_is(c, STATOR_CHAR_HEX)) {
        return -1;
    }
    return c <= '9' ? c - '0' : stator_lower(c) - 'a' + 10;
}
