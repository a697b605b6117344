<?php
echo "orders: ", count(file('{PREFIX}/var/lib/nginx/body/orders')), "\n";
