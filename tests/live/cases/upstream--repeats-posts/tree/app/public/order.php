<?php
file_put_contents('{PREFIX}/var/lib/nginx/body/orders', "order\n", FILE_APPEND);
sleep(1);
echo "thank you\n";
