<?php
$free = opcache_get_status(false)['memory_usage']['free_memory'];
echo $free > 200 << 20 ? "room enough\n" : "little room\n";
