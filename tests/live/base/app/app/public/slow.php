<?php
// A report that takes its time: waiting costs no CPU, so max_execution_time does not count it.
sleep(2);
echo "report is ready\n";
