/* Conditional requests: RFC 9110 13. The combinations are checked against a second reading of
 * 13.2.2 that is written down here as the RFC has it. */
#include "exchange/precondition.h"

#include "fixture.h"

#define NOW      (FIXTURE_TIME + 1000)
#define MODIFIED "Mon, 01 Jan 2024 00:00:00 GMT"
#define EARLIER  "Sun, 31 Dec 2023 23:59:59 GMT"
#define LATER    "Mon, 01 Jan 2024 00:00:01 GMT"

enum validators { STRONG, WEAK, DATELESS };

static void make_entry(struct stator_entry *entry, enum validators validators)
{
    *entry = (struct stator_entry){.kind = STATOR_ENTRY_KIND_FILE, .fd = -1};
    entry->weak = validators == WEAK;
    strcpy(entry->etag, entry->weak ? "W/\"a\"" : "\"a\"");
    if (validators != DATELESS) {
        strcpy(entry->modified, MODIFIED);
        entry->modified_seconds = FIXTURE_TIME;
    }
}

static void parse(const char *fields, char head[1024], struct stator_request *out)
{
    struct stator_request_limits limits = {STATOR_REQUEST_LINE_MAX, STATOR_REQUEST_HEAD_MAX,
                                           STATOR_REQUEST_FIELDS_MAX};
    struct stator_request_progress progress = {0};

    snprintf(head, 1024, "GET /a HTTP/1.1\r\nHost: h\r\n%s\r\n", fields);
    cr_assert_eq(stator_request_parse(stator_span_from(head), &limits, &progress, out),
                 STATOR_PARSE_DONE, "%s", fields);
}

Test(precondition, single_fields)
{
    static const struct {
        const char *label;
        enum validators validators;
        const char *fields;
        enum stator_precondition verdict;
    } rows[] = {
        {"no condition", STRONG, "", STATOR_PRECONDITION_GO_ON},
        {"13.1.1 match", STRONG, "If-Match: \"a\"\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.1 another", STRONG, "If-Match: \"b\"\r\n", STATOR_PRECONDITION_FAILED},
        {"13.1.1 list", STRONG, "If-Match: \"b\", \"a\"\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.1 lines", STRONG, "If-Match: \"a\"\r\nIf-Match: \"b\"\r\n",
         STATOR_PRECONDITION_GO_ON},
        {"13.1.1 lines, second", STRONG, "If-Match: \"b\"\r\nIf-Match: \"a\"\r\n",
         STATOR_PRECONDITION_GO_ON},
        {"13.1.1 any", STRONG, "If-Match: *\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.1 any of a weak one", WEAK, "If-Match: *\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.1 is strong: weak there", STRONG, "If-Match: W/\"a\"\r\n",
         STATOR_PRECONDITION_FAILED},
        {"13.1.1 is strong: weak here", WEAK, "If-Match: \"a\"\r\n", STATOR_PRECONDITION_FAILED},
        {"13.1.1 is strong: weak both", WEAK, "If-Match: W/\"a\"\r\n", STATOR_PRECONDITION_FAILED},
        {"13.1.1 malformed", STRONG, "If-Match: a\r\n", STATOR_PRECONDITION_FAILED},
        {"13.1.1 malformed beside a match", STRONG, "If-Match: \"a\"\r\nIf-Match: a\r\n",
         STATOR_PRECONDITION_FAILED},
        {"13.1.1 empty", STRONG, "If-Match:\r\n", STATOR_PRECONDITION_FAILED},
        {"13.1.2 match", STRONG, "If-None-Match: \"a\"\r\n", STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.2 another", STRONG, "If-None-Match: \"b\"\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.2 case counts", STRONG, "If-None-Match: \"A\"\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.2 list", STRONG, "If-None-Match: \"x\", \"a\", \"y\"\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.2 empty members", STRONG, "If-None-Match: , ,\"a\",\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.2 lines", STRONG, "If-None-Match: \"b\"\r\nIf-None-Match: \"a\"\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.2 any", STRONG, "If-None-Match: *\r\n", STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.2 is weak: weak there", STRONG, "If-None-Match: W/\"a\"\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.2 is weak: weak here", WEAK, "If-None-Match: \"a\"\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.2 a comma in a tag", STRONG, "If-None-Match: \"b,\", \"a\"\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.2 malformed is ignored", STRONG, "If-None-Match: a\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.3 the same time", STRONG, "If-Modified-Since: " MODIFIED "\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.3 later", STRONG, "If-Modified-Since: " LATER "\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.3 earlier", STRONG, "If-Modified-Since: " EARLIER "\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.3 RFC 850", STRONG, "If-Modified-Since: Monday, 01-Jan-24 00:00:00 GMT\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.3 asctime", STRONG, "If-Modified-Since: Mon Jan  1 00:00:00 2024\r\n",
         STATOR_PRECONDITION_NOT_MODIFIED},
        {"13.1.3 no date", STRONG, "If-Modified-Since: yesterday\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.3 more than a date", STRONG, "If-Modified-Since: " MODIFIED "; length=1\r\n",
         STATOR_PRECONDITION_GO_ON},
        {"13.1.3 two lines", STRONG,
         "If-Modified-Since: " MODIFIED "\r\nIf-Modified-Since: " MODIFIED "\r\n",
         STATOR_PRECONDITION_GO_ON},
        {"13.1.3 nothing to compare with", DATELESS, "If-Modified-Since: " LATER "\r\n",
         STATOR_PRECONDITION_GO_ON},
        {"13.1.4 the same time", STRONG, "If-Unmodified-Since: " MODIFIED "\r\n",
         STATOR_PRECONDITION_GO_ON},
        {"13.1.4 later", STRONG, "If-Unmodified-Since: " LATER "\r\n", STATOR_PRECONDITION_GO_ON},
        {"13.1.4 earlier", STRONG, "If-Unmodified-Since: " EARLIER "\r\n",
         STATOR_PRECONDITION_FAILED},
        {"13.1.4 no date", STRONG, "If-Unmodified-Since: 2023-12-31\r\n",
         STATOR_PRECONDITION_GO_ON},
        {"13.1.4 two lines", STRONG,
         "If-Unmodified-Since: " EARLIER "\r\nIf-Unmodified-Since: " EARLIER "\r\n",
         STATOR_PRECONDITION_GO_ON},
        {"13.1.4 nothing to compare with", DATELESS,
         "If-Unmodified-Since: Wed, 31 Dec 1969 23:59:59 GMT\r\n", STATOR_PRECONDITION_GO_ON},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_entry entry;
        static struct stator_request request;
        char head[1024];

        make_entry(&entry, rows[i].validators);
        parse(rows[i].fields, head, &request);
        cr_expect_eq(stator_precondition_evaluate(&request, &entry, NOW), rows[i].verdict, "%s",
                     rows[i].label);
    }
}

/* What one condition can be in the table of combinations; the order of the columns below. */
enum condition { ABSENT, TRUE_ONE, FALSE_ONE, BAD };

/* 13.2.2, steps 1 to 4, for GET. */
static enum stator_precondition expect(enum condition match, enum condition unmodified,
                                       enum condition none_match, enum condition modified)
{
    if (match != ABSENT) {
        if (match != TRUE_ONE) {
            return STATOR_PRECONDITION_FAILED;
        }
    } else if (unmodified == FALSE_ONE) {
        return STATOR_PRECONDITION_FAILED;
    }
    if (none_match != ABSENT) {
        return none_match == FALSE_ONE ? STATOR_PRECONDITION_NOT_MODIFIED
                                       : STATOR_PRECONDITION_GO_ON;
    }
    return modified == FALSE_ONE ? STATOR_PRECONDITION_NOT_MODIFIED : STATOR_PRECONDITION_GO_ON;
}

Test(precondition, all_combinations_follow_13_2_2)
{
    static const char *const match[] = {"", "If-Match: \"a\"\r\n", "If-Match: \"b\"\r\n",
                                        "If-Match: \"\r\n"};
    static const char *const unmodified[] = {"", "If-Unmodified-Since: " LATER "\r\n",
                                             "If-Unmodified-Since: " EARLIER "\r\n",
                                             "If-Unmodified-Since: x\r\n"};
    static const char *const none_match[] = {"", "If-None-Match: \"b\"\r\n",
                                             "If-None-Match: \"a\"\r\n", "If-None-Match: b\r\n"};
    static const char *const modified[] = {"", "If-Modified-Since: " EARLIER "\r\n",
                                           "If-Modified-Since: " MODIFIED "\r\n",
                                           "If-Modified-Since: x\r\n"};

    for (unsigned i = 0; i < 256; i++) {
        unsigned a = i & 3, b = i >> 2 & 3, c = i >> 4 & 3, d = i >> 6;
        static struct stator_request request;
        struct stator_entry entry;
        char fields[512], head[1024];

        make_entry(&entry, STRONG);
        snprintf(fields, sizeof(fields), "%s%s%s%s", modified[d], none_match[c], unmodified[b],
                 match[a]);
        parse(fields, head, &request);
        cr_expect_eq(stator_precondition_evaluate(&request, &entry, NOW), expect(a, b, c, d), "%s",
                     fields);
    }
}

Test(precondition, if_range)
{
    static const struct {
        const char *label;
        enum validators validators;
        int64_t now;
        const char *fields;
        bool holds;
    } rows[] = {
        {"absent", STRONG, NOW, "", true},
        {"strong match", STRONG, NOW, "If-Range: \"a\"\r\n", true},
        {"another tag", STRONG, NOW, "If-Range: \"b\"\r\n", false},
        {"weak there", STRONG, NOW, "If-Range: W/\"a\"\r\n", false},
        {"weak here", WEAK, NOW, "If-Range: \"a\"\r\n", false},
        {"weak both", WEAK, NOW, "If-Range: W/\"a\"\r\n", false},
        {"no list", STRONG, NOW, "If-Range: \"a\", \"b\"\r\n", false},
        {"any is no tag", STRONG, NOW, "If-Range: *\r\n", false},
        {"two lines", STRONG, NOW, "If-Range: \"a\"\r\nIf-Range: \"a\"\r\n", false},
        {"empty", STRONG, NOW, "If-Range:\r\n", false},
        {"the date", STRONG, NOW, "If-Range: " MODIFIED "\r\n", true},
        {"later is not equal", STRONG, NOW, "If-Range: " LATER "\r\n", false},
        {"earlier is not equal", STRONG, NOW, "If-Range: " EARLIER "\r\n", false},
        {"8.8.2.2 a date of this second", STRONG, FIXTURE_TIME, "If-Range: " MODIFIED "\r\n",
         false},
        {"8.8.2.2 a date of a file that may still change unseen", WEAK, NOW,
         "If-Range: " MODIFIED "\r\n", false},
        {"nothing to compare with", DATELESS, NOW, "If-Range: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
         false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static struct stator_request request;
        struct stator_entry entry;
        char head[1024];

        make_entry(&entry, rows[i].validators);
        parse(rows[i].fields, head, &request);
        cr_expect_eq(stator_precondition_range_holds(&request, &entry, rows[i].now), rows[i].holds,
                     "%s", rows[i].label);
    }
}
