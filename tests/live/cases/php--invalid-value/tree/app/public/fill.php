<?php
$all = str_repeat('x', 21 << 20);
echo "filled\n";
