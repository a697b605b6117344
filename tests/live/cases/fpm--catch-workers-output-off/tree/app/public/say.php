<?php
file_put_contents('php://stderr', "the database is gone\n");
echo "said\n";
