#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/routine.h"
#include "plumbline/figure.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct figure figure;

#define HEAD "<svg viewBox=\"0 0 96 96\">"
#define GROUP "<g class=\"body\">"
#define PATH GROUP "<path stroke-width=\"5\" d="
#define TAIL "</g></svg>"

/* ---- what is shipped ---- */

static void each_file_is_a_figure_of_its_name(void **state)
{
    (void)state;
    glob_t files;
    assert_int_equal(glob(PLUMBLINE_SOURCE_DIR "/data/figures/*.svg", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char id[64];
        snprintf(id, sizeof id, "%s", strrchr(files.gl_pathv[i], '/') + 1);
        *strrchr(id, '.') = 0;
        int found = figure_find(id, &figure);
        if (found) print_message("%s: %s\n", id, strerror(-found));
        assert_int_equal(found, 0);
        for (unsigned s = 0; s < figure.n_strokes; s++) {
            assert_true(figure.stroke[s].x0 >= 0 && figure.stroke[s].y0 >= 0);
            assert_true(figure.stroke[s].x1 <= FIGURE_BOX && figure.stroke[s].y1 <= FIGURE_BOX);
        }
        size_t n;
        const char *svg = figure_svg(id, &n);
        assert_memory_equal(svg, "<svg ", 5);
        assert_memory_equal(svg + n - 6, "</svg>", 6);
    }
    globfree(&files);
}

static void each_item_has_one_and_none_is_left_over(void **state)
{
    (void)state;
    static struct catalogue catalogue;
    static char text[65536];
    char why[160];
    glob_t files;
    FILE *f = fopen(PLUMBLINE_SOURCE_DIR "/data/catalogue.conf", "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    assert_int_equal(catalogue_parse(&catalogue, text, why), 0);
    for (unsigned i = 0; i < catalogue.n; i++)
        if (figure_find(catalogue.item[i].id, &figure) != 0) fail_msg("%s has no figure", catalogue.item[i].id);
    assert_int_equal(glob(PLUMBLINE_SOURCE_DIR "/data/figures/*", 0, NULL, &files), 0);
    assert_int_equal(files.gl_pathc, catalogue.n);
    globfree(&files);
}

/* ---- image ---- */

/* FNV-1a. */
static uint32_t sum(const uint8_t *bytes, size_t n)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < n; i++) hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

static void an_image_has_each_colour_where_the_figure_has_it(void **state)
{
    (void)state;
    enum { SIZE = 96 };
    static uint8_t rgba[SIZE][SIZE][4];
    static const uint8_t ink[4] = {0x1f, 0x2d, 0x3d, 255}, card[4] = {0xfb, 0xfa, 0xf7, 255}, prop[4] = {0xd9, 0x82, 0x2b, 255};
    assert_int_equal(figure_read(HEAD "<g class=\"ghost\"><path stroke-width=\"8\" d=\"M50 20 L50 40 M40 30 L60 30\"/></g>"
                                      "<g class=\"body\"><circle fill=\"f\" stroke-width=\"2\" cx=\"20\" cy=\"30\" r=\"9\"/></g>"
                                      "<g class=\"prop\"><circle stroke-width=\"4\" cx=\"30\" cy=\"70\" r=\"10\"/>" TAIL, &figure), 0);
    figure_raster(&figure, SIZE, &rgba[0][0][0]);
    assert_memory_equal(rgba[30][20], ink, 4);
    assert_memory_equal(rgba[30][28], ink, 4);
    assert_memory_equal(rgba[30][31], card, 4);
    assert_memory_equal(rgba[70][20], prop, 4);
    assert_memory_equal(rgba[70][30], card, 4);
    assert_memory_equal(rgba[30][50], rgba[30][42], 4); /* two ghosts cross: no darker than one */
    assert_true(rgba[30][50][0] < card[0] && rgba[30][50][0] > ink[0]);
    assert_int_equal(rgba[0][0][3], 0); /* outside the card */
    assert_int_equal(rgba[0][48][3], 255);
}

static void an_image_is_the_same_every_time(void **state)
{
    (void)state;
    enum { SIZE = 128 };
    static uint8_t rgba[SIZE * SIZE * 4];
    assert_int_equal(figure_find("tfoam", &figure), 0);
    figure_raster(&figure, SIZE, rgba);
    assert_int_equal(sum(rgba, sizeof rgba), 0x945cb927u);
}

/* ---- text ---- */

static void text_is(const char *id, bool utf8, const char *expected, unsigned lines)
{
    char text[FIGURE_TEXT_MAX];
    assert_int_equal(figure_find(id, &figure), 0);
    assert_int_equal(figure_text(&figure, 24, utf8, text), lines);
    assert_string_equal(text, expected);
}

static void figures_in_braille_dots(void **state)
{
    (void)state;
    text_is("tfoam", true,
            "     ⢀⣴⣂⣀⣀⣐⣦⡀\n"
            "      ⣉⠂ ⢀⣴⡉\n"
            "     ⣾⣿⣷⣠⣾⣏⣻⣷⣄⣀ ⣀⣀⣤⣤⡄\n"
            "     ⠈⠉⠁⣙⣿⣿⠿⠿⠿⠿⠿⠛⠋⠉⣿⡇\n"
            "       ⢸⡃ ⢘⡇       ⣿⣇⣀\n"
            " ⠠⠤⠤⠤⠤⠤⠤⠿⠶⠿⠤⠤⠤⠤⠤⠤⠤⠤⠽⠿⠿⠅\n",
            6);
    text_is("catcow", true,
            "          ⠰⣿⠆\n"
            "           ⠿\n"
            "        ⢀⣠⣤⣤⣤⣄\n"
            "      ⢀⣴⣿⡿⠛⠛⠛⢿⣿⣆ ⢔⢕⢕\n"
            "      ⢸⣿⢟⢄⢀⢀⢀⢀⢽⣿⣇⣑⡑⠁\n"
            "      ⠘⣿⠑⠑⠕⣕⠕⠕⠑⢻⣿⣿⣿\n"
            "       ⣿  ⠠⣿⠄  ⢸⡏⠉⠁\n"
            " ⢀⣰⣶⣶⣶⣶⣿⣀⣀⣀⣉⣀⣀⣀⣸⣷⣶⣀⣀⣀⣀⡀\n",
            8);
}

static void figures_without_braille_dots(void **state)
{
    (void)state;
    text_is("glutefoam", false,
            "    OOO    //--\\\\/\n"
            "       |\n"
            "       |\\\\\n"
            "      ||  \\_----|\n"
            "      |   OOOO  ||\n"
            "      |   OOOO   |--\n"
            " ----------------------\n",
            7);
    text_is("walk3", false,
            "           OOO\n"
            "                 ---//\n"
            "          //\\\n"
            "        // | \\-___\n"
            "       //  |\n"
            "       /   \\\\\n"
            "           |\\\\\\\n"
            "         //   |\n"
            "       ///    |\n"
            " ______\\\\\\____|--______\n",
            10);
}

/* Blanks trimmed, cells counted, and nothing but a character of one kind. */
static void text_keeps_within_its_columns(void **state)
{
    (void)state;
    static const unsigned asked[] = {0, FIGURE_COLUMNS_MIN, 31, FIGURE_COLUMNS_MAX, 1000}, got[] = {12, 12, 31, 48, 48};
    char text[FIGURE_TEXT_MAX];
    assert_int_equal(figure_find("trot", &figure), 0);
    for (int i = 0; i < 10; i++) {
        unsigned lines = figure_text(&figure, asked[i / 2], i % 2, text), cells = 0, ended = 0;
        assert_in_range(lines, 5, got[i / 2] / 2);
        for (const char *p = text; *p; p++) {
            if (*p == '\n') {
                assert_true(p == text || p[-1] != ' ');
                cells = 0;
                ended++;
            } else if (((unsigned char)*p & 0xc0) != 0x80) {
                assert_true(++cells <= got[i / 2]);
            }
            assert_true(i % 2 || (unsigned char)*p < 0x80);
        }
        assert_int_equal(ended, lines);
    }
}

/* ---- the reader ---- */

static void a_stroke_has_its_groups_look_and_all_its_points(void **state)
{
    (void)state;
    static const char svg[] = HEAD "<title>A &lt; b</title><g stroke=\"#fff\" class=\"prop\">\n"
                              "<circle fill=\"#fff\" stroke-width=\"3\" cx=\"10\" cy=\"20.5\" r=\"4\"/>\n"
                              "<path stroke-width=\"5\" d=\"M1 2 L3,4 Q5 6 7 8 Z M9 9 L8 8\"/>" TAIL;
    assert_int_equal(figure_read(svg, &figure), 0);
    assert_int_equal(figure.n_strokes, 3);
    assert_int_equal(figure.stroke[0].look, FIGURE_PROP);
    assert_true(figure.stroke[0].filled && figure.stroke[0].radius == 4 && figure.stroke[0].width == 3);
    assert_true(figure.stroke[0].x0 == 4.5f && figure.stroke[0].y1 == 26);
    assert_int_equal(figure.stroke[1].n, 2 + 8 + 1);
    const struct figure_point *p = &figure.point[figure.stroke[1].first];
    assert_true(p[9].x == 7 && p[9].y == 8 && p[10].x == 1 && p[10].y == 2);
    assert_int_equal(figure.stroke[2].n, 2);
}

static void what_is_not_a_figure_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "<", "<svg", "<svg >", "<svg viewBox=\"0 0 96 96\"", HEAD, HEAD "</svg>", HEAD GROUP, HEAD GROUP "</svg>", HEAD GROUP TAIL,
        "<svg viewBox=\"0 0 24 24\">" PATH "\"M1 1\"/>" TAIL, HEAD "<path stroke-width=\"5\" d=\"M1 1 L2 2\"/></svg>",
        HEAD GROUP "<path d=\"M1 1\"/>" TAIL, HEAD GROUP "<path stroke-width=\"-5\" d=\"M1 1\"/>" TAIL,
        HEAD "<g class=\"bod\"><path stroke-width=\"5\" d=\"M1 1\"/>" TAIL, HEAD "<g><path stroke-width=\"5\" d=\"M1 1\"/>" TAIL,
        HEAD GROUP PATH "\"M1 1\"/>" TAIL, HEAD PATH "\"\"/>" TAIL, HEAD PATH "\"L1 1\"/>" TAIL, HEAD PATH "\"Z\"/>" TAIL,
        HEAD PATH "\"M1\"/>" TAIL, HEAD PATH "\"M1 1 l2 2\"/>" TAIL, HEAD PATH "\"M1 nan\"/>" TAIL, HEAD PATH "\"M1 1e30\"/>" TAIL,
        HEAD PATH "\"M1 1 Q2 2\"/>" TAIL, HEAD PATH "\"M1 1 L2 2", HEAD GROUP "<path stroke-width=\"5\" x=\"M1 1\"/>" TAIL,
        HEAD GROUP "<circle stroke-width=\"1\" cx=\"1\" cy=\"1\"/>" TAIL,
        HEAD GROUP "<circle stroke-width=\"1\" cx=\"1\" cy=\"1\" r=\"0\"/>" TAIL, HEAD GROUP "<rect x=\"1\"/>" TAIL,
        HEAD "<script>1</script>" PATH "\"M1 1\"/>" TAIL,
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (figure_read(wrong[i], &figure) != -EINVAL) fail_msg("taken: %s", wrong[i]);
    }
}

static void no_more_is_read_than_there_is_room_for(void **state)
{
    (void)state;
    static char svg[20000] = HEAD PATH "\"M1 1";
    for (int i = 0; i < FIGURE_POINTS_MAX; i++) strcat(svg, " L1 1");
    strcat(svg, "\"/>" TAIL);
    assert_int_equal(figure_read(svg, &figure), -E2BIG);
    strcpy(svg, HEAD PATH "\"");
    for (int i = 0; i <= FIGURE_STROKES_MAX; i++) strcat(svg, " M1 1");
    strcat(svg, "\"/>" TAIL);
    assert_int_equal(figure_read(svg, &figure), -E2BIG);
}

static void an_item_without_one_is_told(void **state)
{
    (void)state;
    size_t n;
    assert_int_equal(figure_find("nothing", &figure), -ENOENT);
    assert_int_equal(figure_find("", &figure), -ENOENT);
    assert_int_equal(figure_find("walk", &figure), -ENOENT);
    assert_null(figure_svg("walk3\" xmlns=\"http://www.w3.org/2000/svg", &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_is_a_figure_of_its_name),
        cmocka_unit_test(each_item_has_one_and_none_is_left_over),
        cmocka_unit_test(an_item_without_one_is_told),
        cmocka_unit_test(an_image_has_each_colour_where_the_figure_has_it),
        cmocka_unit_test(an_image_is_the_same_every_time),
        cmocka_unit_test(figures_in_braille_dots),
        cmocka_unit_test(figures_without_braille_dots),
        cmocka_unit_test(text_keeps_within_its_columns),
        cmocka_unit_test(a_stroke_has_its_groups_look_and_all_its_points),
        cmocka_unit_test(what_is_not_a_figure_is_refused),
        cmocka_unit_test(no_more_is_read_than_there_is_room_for),
    };
    return cmocka_run_group_tests_name("figure", tests, NULL, NULL);
}
