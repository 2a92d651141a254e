/* Rules from paths to urgencies: how they are written, and which one counts. */
#include "site/urgency.h"

#include <criterion/criterion.h>
#include <errno.h>

Test(urgency, what_is_no_rule_is_refused)
{
    static const char *const texts[] = {"",      "/",    "/=",  "=1",   "/a",    "/a=",   "/a=8",
                                        "/a=-1", "/a=x", "a=1", "/a 1", "/a=1 ", "/a=10", "3"};
    struct stator_urgency_rules rules = {0};
    unsigned urgency = 9;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        cr_expect_eq(stator_urgency_add(&rules, stator_span_from(texts[i])), -EINVAL, "%s",
                     texts[i]);
    }
    cr_expect_eq(rules.count, 0);
    cr_expect_not(stator_urgency_find(&rules, STATOR_SPAN("/a"), &urgency));
    cr_expect_eq(urgency, 9, "untouched");
    stator_urgency_finish(&rules);
}

Test(urgency, the_longest_prefix_of_whole_segments_wins)
{
    static const char *const texts[] = {"/film/new=0", "/film=6",  "/a=b=1",   "/below/=2",
                                        "/twice=7",    "/twice=4", "/sp ace=0"};
    static const struct {
        const char *path;
        unsigned urgency; /* 9: no rule */
    } rows[] = {
        {"/film", 6},     {"/film/", 6},    {"/film/x", 6},       {"/films", 9},
        {"/film.txt", 9}, {"/film/new", 0}, {"/film/new/x/y", 0}, {"/film/newer", 6},
        {"/a=b", 1},      {"/a", 9},        {"/below", 9},        {"/below/", 2},
        {"/below/x", 2},  {"/twice/x", 4},  {"/sp ace", 0},       {"/", 9},
        {"", 9},          {"*", 9},         {"/FILM", 9},         {"/x/film", 9},
    };
    struct stator_urgency_rules rules = {0};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        cr_assert_eq(stator_urgency_add(&rules, stator_span_from(texts[i])), 0, "%s", texts[i]);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned urgency = 9;
        bool found = stator_urgency_find(&rules, stator_span_from(rows[i].path), &urgency);

        cr_expect_eq(urgency, rows[i].urgency, "%s: %u", rows[i].path, urgency);
        cr_expect_eq(found, rows[i].urgency != 9, "%s", rows[i].path);
    }
    cr_assert_eq(stator_urgency_add(&rules, STATOR_SPAN("/=5")), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned urgency = 9;
        bool is_path = rows[i].path[0] == '/';

        cr_expect_eq(stator_urgency_find(&rules, stator_span_from(rows[i].path), &urgency), is_path,
                     "%s", rows[i].path);
        cr_expect_eq(urgency, is_path && rows[i].urgency == 9 ? 5 : rows[i].urgency, "%s",
                     rows[i].path);
    }
    stator_urgency_finish(&rules);
}
