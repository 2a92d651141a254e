/* The nearest name: what people mistype is found, and what is far off is not guessed at. */
#include <criterion/criterion.h>
#include <string.h>

#include "server/suggest.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const names[] = {"root",  "listen",     "port",         "workers", "listing",
                                    "index", "access-log", "idle-timeout", "magic",   "log-format"};

static struct stator_suggest nearest_to(const char *word)
{
    struct stator_suggest suggest = {.word = word};
    for (size_t i = 0; i < COUNT(names); i++) {
        stator_suggest_offer(&suggest, names[i]);
    }
    return suggest;
}

Test(suggest, nearest_name)
{
    static const struct {
        const char *label, *word, *nearest;
        size_t distance;
    } rows[] = {
        {"the name itself", "port", "port", 0},
        {"a letter left out", "lisen", "listen", 1},
        {"a letter added", "listten", "listen", 1},
        {"a letter changed", "magik", "magic", 1},
        {"neighbours swapped", "prot", "port", 1},
        {"swapped at the end", "magci", "magic", 1},
        {"two mistakes", "wrokeers", "workers", 2},
        {"case costs nothing", "PORT", "port", 0},
        {"underscore is a dash", "access_log", "access-log", 0},
        {"a beginning", "work", "workers", 1},
        {"a beginning of two takes the first", "lis", "listen", 1},
        {"the longer one is nearer", "listin", "listen", 1},
        {"an end is not a beginning", "format", NULL, 0},
        {"two letters are no beginning", "wo", NULL, 0},
        {"far off", "xyzzy", NULL, 0},
        {"one letter", "p", NULL, 0},
        {"empty", "", NULL, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_suggest suggest = nearest_to(rows[i].word);
        if (rows[i].nearest == NULL) {
            cr_expect_null(suggest.nearest, "%s: got %s", rows[i].label, suggest.nearest);
            continue;
        }
        cr_assert_not_null(suggest.nearest, "%s", rows[i].label);
        cr_expect_str_eq(suggest.nearest, rows[i].nearest, "%s: got %s", rows[i].label,
                         suggest.nearest);
        cr_expect_eq(suggest.distance, rows[i].distance, "%s: %zu", rows[i].label,
                     suggest.distance);
    }
}

Test(suggest, nothing_offered)
{
    struct stator_suggest suggest = {.word = "listen"};
    cr_expect_null(suggest.nearest);
    stator_suggest_offer(&suggest, "");
    cr_expect_null(suggest.nearest);
}

Test(suggest, long_words_and_names_are_never_near)
{
    char longest[STATOR_SUGGEST_MAX + 1], longer[STATOR_SUGGEST_MAX + 2];
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    memset(longer, 'a', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';

    struct stator_suggest suggest = {.word = longest};
    stator_suggest_offer(&suggest, longer);
    cr_expect_null(suggest.nearest);
    stator_suggest_offer(&suggest, longest);
    cr_expect_eq(suggest.nearest, longest);

    suggest = (struct stator_suggest){.word = longer};
    stator_suggest_offer(&suggest, longer);
    stator_suggest_offer(&suggest, longest);
    cr_expect_null(suggest.nearest);
}
