<?php
sleep(1);
echo "awake\n";
