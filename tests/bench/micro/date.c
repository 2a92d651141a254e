/* Dates written, and read in each of their three forms. */
#include <errno.h>
#include <stdlib.h>

#include "http/date.h"
#include "micro.h"

/* The example of RFC 9110 5.6.7. */
#define SECONDS 784111777
#define TEXT    "Sun, 06 Nov 1994 08:49:37 GMT"

struct dating {
    struct stator_span text;
    int64_t seconds;
    bool read;
    char written[STATOR_DATE_LENGTH];
};

static int setup(const void *with, void **out)
{
    const struct stator_span *text = with;
    struct dating *dating = calloc(1, sizeof(*dating));

    if (dating == NULL) {
        return -ENOMEM;
    }
    if (text != NULL) {
        dating->text = *text;
    } else {
        dating->seconds = SECONDS;
    }
    *out = dating;
    return 0;
}

/* Each time another day and another second, lest the branches be learnt by heart. */
static void write_date(void *state)
{
    struct dating *dating = state;

    stator_date_format(dating->seconds, dating->written);
    dating->seconds += 86399;
    micro_keep(dating);
}

static bool check_written(const void *state)
{
    const struct dating *dating = state;

    return memcmp(dating->written, TEXT, STATOR_DATE_LENGTH) == 0;
}

static void read_date(void *state)
{
    struct dating *dating = state;

    dating->read = stator_date_parse(dating->text, SECONDS, &dating->seconds);
    micro_keep(dating);
}

static bool check_read(const void *state)
{
    const struct dating *dating = state;

    return dating->read && dating->seconds == SECONDS;
}

static const struct stator_span imf = STATOR_SPAN_INIT(TEXT);
static const struct stator_span rfc850 = STATOR_SPAN_INIT("Sunday, 06-Nov-94 08:49:37 GMT");
static const struct stator_span asctime_form = STATOR_SPAN_INIT("Sun Nov  6 08:49:37 1994");

static const struct micro_row rows[] = {
    {"IMF-fixdate, written", NULL, 1, setup, write_date, check_written, free},
    {"IMF-fixdate, read", &imf, 1, setup, read_date, check_read, free},
    {"RFC 850 date, read", &rfc850, 1, setup, read_date, check_read, free},
    {"asctime date, read", &asctime_form, 1, setup, read_date, check_read, free},
};

const struct micro_subject micro_date = MICRO_SUBJECT("date", rows);
