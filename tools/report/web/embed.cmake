# cmake -D STYLE=… -D SCRIPT=… -D OUT=… -P embed.cmake: a C file with both as arrays, and the hashes that a
# content-security policy names them by. All in CMake: no tool beyond the one that builds.

# SHA-256 of FILE in base64, into RESULT.
function(csp_hash file result)
    set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    file(SHA256 ${file} hex)
    string(APPEND hex "0000") # 256 bits are 43 sextets, two bits wanting: filled with zeros
    set(base64 "")
    foreach(at RANGE 0 63 3) # three hex digits are two sextets
        string(SUBSTRING ${hex} ${at} 3 digits)
        math(EXPR first "0x${digits} >> 6")
        math(EXPR second "0x${digits} & 63")
        string(SUBSTRING ${alphabet} ${first} 1 first)
        string(SUBSTRING ${alphabet} ${second} 1 second)
        string(APPEND base64 "${first}${second}")
    endforeach()
    string(SUBSTRING "${base64}" 0 43 base64)
    set(${result} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

# Bytes of FILE as C initializers, into RESULT; an empty file gives one zero, as C knows no empty array.
function(bytes file result)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," list "${hex}")
    string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" list "${list}")
    if(list STREQUAL "")
        set(list "0")
    endif()
    set(${result} "${list}" PARENT_SCOPE)
endfunction()

set(text "/* Made by embed.cmake. */\n#include \"web.h\"\n\n")
foreach(part STYLE SCRIPT)
    string(TOLOWER ${part} name)
    file(SIZE ${${part}} size)
    csp_hash(${${part}} hash)
    bytes(${${part}} list)
    string(APPEND text "const size_t report_web_${name}_size = ${size};\nconst char report_web_${name}_csp[] = \"${hash}\";\n"
        "const unsigned char report_web_${name}[] = {\n${list}\n};\n")
endforeach()
file(WRITE ${OUT} "${text}")
