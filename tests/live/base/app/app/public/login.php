<?php
// A login answers with about 6 kB of cookies, as single sign-on does.
foreach (range(1, 6) as $number) {
    setcookie("token{$number}", str_repeat('t', 1000));
}
echo "logged in\n";
