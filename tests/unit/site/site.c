/* The snapshot: it copies its strings, and the last reference closes the root. */
#include "site/site.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int open_slash(void)
{
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    return fd;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) != -1;
}

Test(site, copies_its_strings)
{
    char only[] = "only.txt";
    char index[] = "index.html";
    struct stator_site *site = stator_site_create(open_slash(), only, index);
    cr_assert_not_null(site);
    memset(only, 'x', sizeof only - 1);
    memset(index, 'x', sizeof index - 1);
    cr_expect_str_eq(site->only, "only.txt");
    cr_expect_str_eq(site->index, "index.html");
    stator_site_unref(site);
}

Test(site, begins_with_the_plain_rules)
{
    struct stator_site *site = stator_site_create(open_slash(), NULL, "index.html");
    cr_assert_not_null(site);
    cr_expect_null(site->only);
    cr_expect_not(site->listing);
    cr_expect(site->server_field);
    cr_expect_eq(site->magic, STATOR_MAGIC_MODE_FALLBACK);
    stator_site_unref(site);
}

Test(site, closes_the_root_with_the_last_reference)
{
    int root = open_slash();
    struct stator_site *site = stator_site_create(root, NULL, "index.html");
    cr_assert_not_null(site);
    cr_expect_eq(stator_site_ref(site), site);
    stator_site_unref(site);
    cr_expect(is_open(root), "one reference is left");
    stator_site_unref(site);
    cr_expect_not(is_open(root), "none is left");
}

Test(site, unref_takes_null)
{
    int root = open_slash();
    stator_site_unref(NULL);
    cr_expect(is_open(root));
    close(root);
}
