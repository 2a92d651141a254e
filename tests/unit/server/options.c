/* Options: the table, and what may and may not be put into it. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "observe/record.h"
#include "server/options.h"
#include "site/site.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct stator_options *create(void)
{
    struct stator_options *options = stator_options_create();
    cr_assert_not_null(options);
    return options;
}

static void set(struct stator_options *options, const char *key, const char *value)
{
    struct stator_error error = {0};
    cr_expect_eq(stator_options_set(options, key, value, &error), 0, "%s=%s: %s, %s", key, value,
                 error.what, error.why);
}

Test(options, defaults)
{
    struct stator_options *options = create();
    cr_expect_null(options->root);
    cr_expect_eq(options->listen.count, 0u);
    cr_expect_eq(options->port, 8080u);
    cr_expect_str_eq(options->arch, "event-threads");
    cr_expect_eq(options->workers, 0u);
    cr_expect_str_eq(options->index, "index.html");
    cr_expect_not(options->listing);
    cr_expect_eq(options->magic, STATOR_MAGIC_MODE_FALLBACK);
    cr_expect(options->server_field);
    cr_expect_str_eq(options->access_log, "off");
    cr_expect_eq(options->log_format, STATOR_LOG_FORMAT_COMBINED);
    cr_expect_eq(options->max_connections, 0u);
    cr_expect_eq(options->header_timeout, 10000);
    cr_expect_eq(options->idle_timeout, 60000);
    cr_expect_eq(options->min_rate, 240u);
    cr_expect_eq(options->body_limit, 1048576u);
    cr_expect_eq(options->drain, 30000);
    cr_expect_eq(options->cache_size, 67108864u);
    cr_expect_not(options->colour);
    cr_expect_not(options->quiet);
    cr_expect_not(options->verbose);
    for (size_t i = 0; i < STATOR_OPTION_COUNT; i++) {
        cr_expect_not(options->given[i], "%s", stator_option_at(i)->key);
    }
    stator_options_destroy(options);
}

Test(options, each_kind_is_stored_in_its_field)
{
    struct stator_options *options = create();
    set(options, "root", "/srv/www");
    set(options, "port", "0");
    set(options, "workers", "3");
    set(options, "index", "start.htm");
    set(options, "listing", "true");
    set(options, "server-field", "false");
    set(options, "magic", "off");
    set(options, "log-format", "json");
    set(options, "header-timeout", "500ms");
    set(options, "drain", "2m");
    set(options, "cache-size", "1G");
    cr_expect_str_eq(options->root, "/srv/www");
    cr_expect_eq(options->port, 0u);
    cr_expect_eq(options->workers, 3u);
    cr_expect_str_eq(options->index, "start.htm");
    cr_expect(options->listing);
    cr_expect_not(options->server_field);
    cr_expect_eq(options->magic, STATOR_MAGIC_MODE_OFF);
    cr_expect_eq(options->log_format, STATOR_LOG_FORMAT_JSON);
    cr_expect_eq(options->header_timeout, 500);
    cr_expect_eq(options->drain, 120000);
    cr_expect_eq(options->cache_size, 1073741824u);
    cr_expect(options->given[STATOR_OPTION_port]);
    cr_expect_not(options->given[STATOR_OPTION_listen]);

    set(options, "root", "/other");
    set(options, "workers", "auto");
    cr_expect_str_eq(options->root, "/other");
    cr_expect_eq(options->workers, 0u);
    stator_options_destroy(options);
}

Test(options, the_names_of_choices_are_their_enums)
{
    static const struct {
        const char *key, *value;
        int expected;
    } rows[] = {
        {"magic", "fallback", STATOR_MAGIC_MODE_FALLBACK},
        {"magic", "first", STATOR_MAGIC_MODE_FIRST},
        {"magic", "off", STATOR_MAGIC_MODE_OFF},
        {"log-format", "common", STATOR_LOG_FORMAT_COMMON},
        {"log-format", "combined", STATOR_LOG_FORMAT_COMBINED},
        {"log-format", "json", STATOR_LOG_FORMAT_JSON},
        {"log-format", "pretty", STATOR_LOG_FORMAT_PRETTY},
    };
    struct stator_options *options = create();
    for (size_t i = 0; i < COUNT(rows); i++) {
        set(options, rows[i].key, rows[i].value);
        int stored = strcmp(rows[i].key, "magic") == 0 ? options->magic : options->log_format;
        cr_expect_eq(stored, rows[i].expected, "%s=%s: %d", rows[i].key, rows[i].value, stored);
    }
    stator_options_destroy(options);
}

Test(options, listen_is_added_to)
{
    struct stator_options *options = create();
    set(options, "listen", "127.0.0.1:0");
    set(options, "listen", "unix:/run/a b");
    set(options, "listen", "127.0.0.1:0");
    cr_assert_eq(options->listen.count, 3u);
    cr_expect_str_eq(options->listen.at[0], "127.0.0.1:0");
    cr_expect_str_eq(options->listen.at[1], "unix:/run/a b");
    cr_expect_str_eq(options->listen.at[2], "127.0.0.1:0");
    stator_options_destroy(options);
}

Test(options, refused_values_leave_the_old_one)
{
    static const struct {
        const char *key, *value, *what, *why;
    } rows[] = {
        {"port", "65536", "port cannot be \"65536\"", "allowed: 0..65535"},
        {"port", "http", "port cannot be \"http\"", "allowed: 0..65535"},
        {"port", "", "port cannot be \"\"", "it is empty"},
        {"root", "", "root cannot be \"\"", "it is empty"},
        {"listen", "", "listen cannot be \"\"", "it is empty"},
        {"workers", "0", "workers cannot be \"0\"", "allowed: auto|1..4096"},
        {"workers", "4097", "workers cannot be \"4097\"", "allowed: auto|1..4096"},
        {"index", "a/b", "index cannot be \"a/b\"",
         "it must name one file: without /, and not a dotfile"},
        {"index", ".htaccess", "index cannot be \".htaccess\"",
         "it must name one file: without /, and not a dotfile"},
        {"listing", "yes", "listing cannot be \"yes\"", "allowed: false|true"},
        {"magic", "on", "magic cannot be \"on\"", "allowed: fallback|first|off"},
        {"header-timeout", "0", "header-timeout cannot be \"0\"", "allowed: 1ms..1h"},
        {"cache-size", "65G", "cache-size cannot be \"65G\"", "allowed: 0..64G"},
        {"port", "1\n2", "port cannot be \"1?2\"", "allowed: 0..65535"},
    };
    struct stator_options *options = create();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_error error = {0};
        cr_expect_eq(stator_options_set(options, rows[i].key, rows[i].value, &error), -EINVAL, "%s",
                     rows[i].what);
        cr_expect_eq(error.kind, STATOR_ERROR_KIND_USAGE, "%s", rows[i].what);
        cr_expect_str_eq(error.what, rows[i].what, "got %s", error.what);
        cr_expect_str_eq(error.why, rows[i].why, "%s: %s", rows[i].what, error.why);
        cr_expect_str_neq(error.fix, "", "%s", rows[i].what);
        cr_expect_eq(stator_options_set(options, rows[i].key, rows[i].value, NULL), -EINVAL);
    }
    for (size_t i = 0; i < STATOR_OPTION_COUNT; i++) {
        cr_expect_not(options->given[i], "%s", stator_option_at(i)->key);
    }
    cr_expect_eq(options->port, 8080u);
    cr_expect_eq(options->listen.count, 0u);
    cr_expect_str_eq(options->index, "index.html");
    stator_options_destroy(options);
}

Test(options, unknown_keys_suggest_the_nearest)
{
    static const struct {
        const char *key, *fix;
    } rows[] = {
        {"lisen", "did you mean \"listen\"?"},
        {"Port", "did you mean \"port\"?"},
        {"access_log", "did you mean \"access-log\"?"},
        {"xyzzy", "use an option of the table"},
        {"", "use an option of the table"},
    };
    struct stator_options *options = create();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stator_error error = {0};
        cr_expect_eq(stator_options_set(options, rows[i].key, "1", &error), -EINVAL);
        cr_expect_eq(error.kind, STATOR_ERROR_KIND_USAGE, "%s", rows[i].key);
        cr_expect_str_eq(error.fix, rows[i].fix, "%s: %s", rows[i].key, error.fix);
    }
    stator_options_destroy(options);
}

Test(options, environment)
{
    static const char *const environment[] = {
        "PATH=/bin",
        "STATOR_ROOT=/srv/a=b",
        "STATOR_LISTEN= 127.0.0.1:0  [::1]:0 ",
        "STATOR_PORT=",
        "STATOR_HEADER_TIMEOUT=3s",
        "STATOR_LISTING=true",
        "STATOR_UNKNOWN=1",
        "STATOR_PORTS=1",
        "STATOR_POR=1",
        "STATOR_port=1",
        "STATOR_CACHE-SIZE=1",
        "XSTATOR_PORT=1",
        "STATOR_",
        "STATOR_PORT",
        NULL,
    };
    struct stator_options *options = create();
    struct stator_error error = {0};
    cr_assert_eq(stator_options_read_environment(options, (char *const *)environment, &error), 0,
                 "%s", error.what);
    cr_expect_str_eq(options->root, "/srv/a=b");
    cr_assert_eq(options->listen.count, 2u);
    cr_expect_str_eq(options->listen.at[0], "127.0.0.1:0");
    cr_expect_str_eq(options->listen.at[1], "[::1]:0");
    cr_expect_eq(options->port, 8080u);
    cr_expect_not(options->given[STATOR_OPTION_port]);
    cr_expect_eq(options->header_timeout, 3000);
    cr_expect(options->given[STATOR_OPTION_header_timeout]);
    cr_expect(options->listing);
    cr_expect_eq(options->cache_size, 67108864u);
    stator_options_destroy(options);
}

Test(options, environment_names_the_variable_that_is_wrong)
{
    static const char *const environment[] = {"STATOR_WORKERS=2", "STATOR_MAX_CONNECTIONS=many",
                                              NULL};
    struct stator_options *options = create();
    struct stator_error error = {0};
    cr_expect_eq(stator_options_read_environment(options, (char *const *)environment, &error),
                 -EINVAL);
    cr_expect_str_eq(error.what, "STATOR_MAX_CONNECTIONS cannot be \"many\"", "got %s", error.what);
    cr_expect_str_eq(error.why, "allowed: auto|1..1000000", "got %s", error.why);
    cr_expect_eq(options->max_connections, 0u);
    stator_options_destroy(options);
}

/* Goes by the table alone: whatever stands in it can be read back through its variable. */
Test(options, every_default_may_also_be_set)
{
    struct stator_options *options = create();
    for (size_t i = 0; i < STATOR_OPTION_COUNT; i++) {
        const struct stator_option_info *info = stator_option_at(i);
        char variable[128] = "STATOR_", *end = variable + strlen(variable);
        for (const char *key = info->key; *key != '\0'; key++) {
            *end++ = (char)(*key == '-' ? '_' : toupper((unsigned char)*key));
        }
        char name[STATOR_OPTION_VARIABLE_SIZE];
        stator_option_variable(info, name);
        cr_expect_str_eq(name, variable);
        const char *value = info->default_value[0] != '\0' ? info->default_value : "value";
        end[0] = '=';
        strcpy(end + 1, value);
        char *const environment[] = {variable, NULL};
        cr_expect_eq(stator_options_read_environment(options, environment, NULL), 0, "%s",
                     variable);
        cr_expect(options->given[i], "%s", variable);
        cr_expect_eq(stator_options_set(options, info->key, value, NULL), 0, "%s", info->key);
    }
    stator_options_destroy(options);
}

Test(options, a_copy_is_its_own)
{
    struct stator_options *options = create();
    set(options, "root", "/srv/www");
    set(options, "listen", "127.0.0.1:0");
    set(options, "listen", "[::1]:0");
    set(options, "port", "81");
    struct stator_options *copy = stator_options_copy(options);
    cr_assert_not_null(copy);
    set(options, "root", "/other");
    set(options, "listen", "unix:/x");
    stator_options_destroy(options);
    cr_expect_str_eq(copy->root, "/srv/www");
    cr_assert_eq(copy->listen.count, 2u);
    cr_expect_str_eq(copy->listen.at[0], "127.0.0.1:0");
    cr_expect_str_eq(copy->listen.at[1], "[::1]:0");
    cr_expect_eq(copy->port, 81u);
    cr_expect(copy->given[STATOR_OPTION_port]);
    cr_expect_str_eq(copy->index, "index.html");
    stator_options_destroy(copy);
    stator_options_destroy(NULL);
}
