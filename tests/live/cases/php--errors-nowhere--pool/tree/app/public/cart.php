<?php
total();
