/*
 * Percent-encoding, one byte at a time.
 *
 * Knows the three characters of an escape; refuses to know which bytes need one. The one surprising
 * thing: an escape that is well written may still be refused, because no name that we open or log
 * may hold a control byte.
 */
#include "http/escape.h"

#include "http/token.h"

int stator_escape_decode(struct stator_span text)
{
    int high = text.length > 2 ? stator_hex_value(text.at[1]) : -1;
    int low = text.length > 2 ? stator_hex_value(text.at[2]) : -1;
    int byte = high * 16 + low;
    return high < 0 || low < 0 || byte < ' ' || byte == 0x7f ? -1 : byte;
}

void stator_escape_add(struct stator_text *out, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)c;
    char escape[] = {'%', digits[byte >> 4], digits[byte & 15]};
    stator_text_add(out, (struct stator_span){escape, sizeof(escape)});
}
