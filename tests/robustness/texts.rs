//! A small machine in which every language says much in few bytes.

use std::path::PathBuf;

pub(crate) const NGINX_MAIN: &str = "/etc/nginx/nginx.conf";
pub(crate) const NGINX: &str = "/etc/nginx/sites-enabled/site";
pub(crate) const APACHE: &str = "/etc/apache2/sites-enabled/site.conf";
pub(crate) const FPM: &str = "/etc/php/8.2/fpm/pool.d/www.conf";
pub(crate) const PHP: &str = "/etc/php/8.2/fpm/php.ini";

/// The files that every change is tried on, one at a time.
pub(crate) const CHANGED: [(&str, &str); 4] = [
    (
        NGINX,
        r#"upstream app { server 127.0.0.1:8080 weight=2; }
map $http_host $pool { default www; "~^(?<n>\w{1,3});" 'a}'; }
server {
    listen 80; # here
    client_max_body_size 1m;
    if ($uri ~* "^/x{2}$") { return 405; }
    location ~ \.php$ {
        include fastcgi_params;
        fastcgi_pass unix:/run/php/php8.1-fpm.sock;
        fastcgi_buffers 4 4k; fastcgi_busy_buffers_size 64k;
        fastcgi_read_timeout 1m30s;
    }
    location /${host}x {
        proxy_pass http://app/;
        access_by_lua_block { if a == "}" then b('\'') end --[[ { ]] }
    }
}
"#,
    ),
    (
        APACHE,
        r#"<VirtualHost *:8080>
    ServerName a.test # no comment
    DocumentRoot \
        "${ROOT}/a b"
    <FilesMatch "\.php$">
        <If "-f %{REQUEST_FILENAME} && %{QS} !~ /[<>]/">
            SetHandler 'proxy:unix:/run/php/x.sock|fcgi://localhost'
        </If>
    </FilesMatch>
    ProxyPass "/api" "http://127.0.0.1:9/" timeout=5m
    LimitRequestFieldSize 16k
</VirtualHost>
<Macro Site $name>
    Use Site $name
</Macro>
Use Site b
"#,
    ),
    (
        FPM,
        r"; the pool
[www]
user = www-data
listen = /run/php/php8.2-fpm.sock
listen.mode=0640
listen.allowed_clients = 127.0.0.1, ::1
pm = dynamic
pm.max_children = 5
pm.start_servers = 9
request_terminate_timeout = 1m
# no comment
env[DSN] = 'a:$pool;b'
php_admin_value[memory_limit] = 256MB
php_value[error_log] = ${HOME}/x
",
    ),
    (
        PHP,
        r#"[PHP]
memory_limit = 128M ; much
post_max_size = 8M
upload_max_filesize = "2G"
error_reporting = E_ALL & ~(E_NOTICE | E_STRICT)
max_execution_time = 0x1F
list[key] = 'a;b'
home = "in "${HOME}" and "PHP_VERSION
text = "one
two"
bad = (a
[HOST=a.test]
x = !1
"#,
    ),
];

/// Where files stand that are changed at every pair of places, and a short text for each language.
pub(crate) const SHORT: [(&str, &str); 4] = [
    (NGINX, "a \"b\\\"\" { c ${d} 'e'; } # f\n"),
    (APACHE, "<A \"b\">\nC 'd' \\\ne # f\n</A>\n"),
    (FPM, "[a]\nb[c] = \"d\"${e} ; f\n"),
    (PHP, "[a]\nb[c] = \"d\\\"\"e|!f ;g\n'h"),
];

/// The other files, which stay as they are.
const OTHERS: [(&str, &str); 5] = [
    (
        NGINX_MAIN,
        "user www-data;\nevents {}\nhttp { include sites-enabled/*; include /etc/nginx/sites-enabled/site; }\n",
    ),
    ("/etc/nginx/fastcgi_params", "fastcgi_param QUERY_STRING $query_string;\n"),
    ("/etc/apache2/apache2.conf", "User www-data\nListen 8080\nIncludeOptional sites-enabled/*.conf\n"),
    ("/etc/php/8.2/fpm/php-fpm.conf", "[global]\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n"),
    ("/etc/passwd", "www-data:x:33:33::/var/www:/bin/sh\n"),
];

/// All files of the machine.
pub(crate) fn machine() -> Vec<(PathBuf, Vec<u8>)> {
    machine_without("")
}

/// The machine without the files below a directory.
pub(crate) fn machine_without(dir: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let files = OTHERS.iter().chain(&CHANGED).filter(|(path, _)| dir.is_empty() || !path.starts_with(dir));
    files.map(|&(path, text)| (path.into(), text.into())).collect()
}
