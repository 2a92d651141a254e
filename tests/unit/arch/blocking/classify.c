/* What is known of a request before it is served. */
#include "arch/blocking/classify.h"

#include "unit/exchange/fixture.h"

static unsigned urgency_of(const struct fixture *fixture, const char *fields)
{
    struct stator_classified classified;
    char head[512];

    snprintf(head, sizeof(head), "GET /x HTTP/1.1\r\nHost: h\r\n%s\r\n", fields);
    stator_classify(fixture->worker, stator_span_from(head), &classified);
    return classified.urgency;
}

Test(classify, urgency)
{
    static const struct {
        const char *fields;
        unsigned urgency;
    } rows[] = {
        {"", 3},
        {"Priority: u=0\r\n", 0},
        {"priority: u=7\r\n", 7},
        {"Priority: i\r\n", 3},
        {"Priority: u=5, i\r\n", 5},
        {"Priority: i,u=1\r\n", 1},
        {"Priority: u=2;x=9\r\n", 2},
        {"Priority: u=1, u=6\r\n", 6},
        {"Priority: u=1\r\nPriority: u=4\r\n", 4},
        {"Priority: u=8\r\n", 3},
        {"Priority: u=-1\r\n", 3},
        {"Priority: u=10\r\n", 3},
        {"Priority: u=1.0\r\n", 3},
        {"Priority: u\r\n", 3},
        {"Priority: U=1\r\n", 3},
        {"Priority:\r\n", 3},
        {"X-Priority: u=1\r\n", 3},
    };
    struct fixture fixture;

    fixture_open(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned urgency = urgency_of(&fixture, rows[i].fields);

        cr_expect_eq(urgency, rows[i].urgency, "%s: %u", rows[i].fields, urgency);
    }
    fixture_close(&fixture);
}

/* The operator's word counts more than the client's; where there is none, the client's does. */
Test(classify, a_rule_of_the_site_settles_it)
{
    struct fixture fixture;

    fixture_open(&fixture);
    cr_assert_eq(stator_urgency_add(&fixture.site->urgencies, STATOR_SPAN("/x=6")), 0);
    cr_expect_eq(urgency_of(&fixture, ""), 6);
    cr_expect_eq(urgency_of(&fixture, "Priority: u=0\r\n"), 6);
    stator_urgency_finish(&fixture.site->urgencies);
    cr_assert_eq(stator_urgency_add(&fixture.site->urgencies, STATOR_SPAN("/y=6")), 0);
    cr_expect_eq(urgency_of(&fixture, ""), 3);
    cr_expect_eq(urgency_of(&fixture, "Priority: u=0\r\n"), 0);
    fixture_close(&fixture);
}

Test(classify, the_path_is_the_one_that_is_served)
{
    static const struct {
        const char *head, *path;
    } rows[] = {
        {"GET /a/../b%20c?q HTTP/1.1\r\nHost: h\r\n\r\n", "/b c"},
        {"GET http://h/x/ HTTP/1.1\r\nHost: h\r\n\r\n", "/x/"},
        {"GET /x HTTP/1.1\r\nHost: h\r\n\r\nGET /y HTTP/1.1\r\nHost: h\r\n\r\n", "/x"},
        {"GET /x HTTP/1.1\r\n\r\n", ""}, /* no Host */
        {"GET /x HTTP/1.1\r\nHost: h\r\n", ""},
        {"", ""},
    };
    struct fixture fixture;

    fixture_open(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stator_classified classified;

        stator_classify(fixture.worker, stator_span_from(rows[i].head), &classified);
        cr_expect(stator_span_equal(classified.path, stator_span_from(rows[i].path)), "%s: %.*s",
                  rows[i].head, (int)classified.path.length, classified.path.at);
    }
    fixture_close(&fixture);
}

Test(classify, sizes)
{
    struct fixture fixture;

    fixture_open(&fixture);
    fixture_write(&fixture, "site/ten.txt", "0123456789", 10);
    fixture_pattern(&fixture, "site/large.txt", 1 << 20);
    fixture_directory(&fixture, "site/d");
    cr_expect_eq(stator_classify_size(fixture.worker, STATOR_SPAN("/ten.txt")), 10);
    cr_expect_eq(stator_classify_size(fixture.worker, STATOR_SPAN("/large.txt")), 1 << 20);
    cr_expect_eq(stator_classify_size(fixture.worker, STATOR_SPAN("/d/")), 0);
    cr_expect_eq(stator_classify_size(fixture.worker, STATOR_SPAN("/none")), 0);
    cr_expect_eq(stator_classify_size(fixture.worker, STATOR_SPAN("*")), 0);
    cr_expect_eq(stator_classify_size(fixture.worker, STATOR_SPAN("")), 0);
    fixture_close(&fixture);
}
