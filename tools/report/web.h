/* web — the page's style and script, made into arrays at build time (web/CMakeLists.txt), with the hashes that the
 * page's content-security policy allows. Without npm the script is empty: the page then has its tables and no charts.
 */
#ifndef PLUMBLINE_REPORT_WEB_H
#define PLUMBLINE_REPORT_WEB_H

#include <stddef.h>

extern const unsigned char report_web_style[], report_web_script[];
extern const size_t report_web_style_size, report_web_script_size;
extern const char report_web_style_csp[], report_web_script_csp[]; /* "sha256-…", base64 */

#endif
