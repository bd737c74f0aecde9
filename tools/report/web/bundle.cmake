# cmake -D FROM=… -D NPM_FOLDER=… -D OUT=… -D CHARTS=AUTO|ON -P bundle.cmake: one script from the TypeScript in FROM.
# Without the packages an empty script is written, with a word; with CHARTS=ON that is an error.
execute_process(COMMAND ${FROM}/fetch ${NPM_FOLDER} RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE why TIMEOUT 300)
if(failed EQUAL 0)
    file(READ ${FROM}/notice.txt notice) # the packages' licenses want to stand in every copy, so in every page
    set(ENV{NODE_PATH} ${NPM_FOLDER}/node_modules)
    execute_process(COMMAND ${NPM_FOLDER}/node_modules/.bin/esbuild ${FROM}/main.ts --bundle --minify --format=iife --target=es2022
        --charset=utf8 --legal-comments=none "--banner:js=${notice}" --log-level=warning --outfile=${OUT} RESULT_VARIABLE failed ERROR_VARIABLE why)
    if(NOT failed EQUAL 0)
        message(FATAL_ERROR "The report's charts do not build:\n${why}")
    endif()
elseif(CHARTS STREQUAL "ON")
    message(FATAL_ERROR "npm cannot fetch the packages of the report's charts:\n${why}")
else()
    message(WARNING "npm cannot fetch the packages of the report's charts (offline?): the page will have tables only. "
        "Remove ${OUT} and build again to retry.")
    file(WRITE ${OUT} "")
endif()
