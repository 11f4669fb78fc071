"""kfp_server.py < EXCHANGES.json: holds requests and answers against the API that kfp_server_api embodies.

An exchange is {method, path, query, body?, answer}. Each request has to be one that a method of the package makes: its path, its
query's names, and a body that the method's model has no field too few or too many of. Each answer has to be what the
method's result type has. Broken copies of the exchanges have to be refused, or the check itself is broken.
"""

import copy
import inspect
import json
import re
import sys
from datetime import datetime
from urllib.parse import unquote

import kfp_server_api
from kfp_server_api import models


class Refused(Exception):
    """An exchange that the API does not know."""


def operations():
    """All operations of the package, from the text of its methods."""
    found = []
    for name, api in inspect.getmembers(kfp_server_api, inspect.isclass):
        if not name.endswith('Api'):
            continue
        for method_name, method in inspect.getmembers(api, inspect.isfunction):
            if not method_name.endswith('_with_http_info'):
                continue
            source = inspect.getsource(method)
            path, verb = re.search(r"'(/apis/[^']*)', '([A-Z]+)'", source).groups()
            body = re.search(r"body_params = local_var_params\['(\w+)'\]", source)
            found.append({
                'name': method_name.removesuffix('_with_http_info'),
                'verb': verb,
                'path': re.compile(re.sub(r'\\\{[^}]*\\\}', '[^/:]+', re.escape(path)) + '$'),
                'query': set(re.findall(r"query_params\.append\(\('(\w+)'", source)),
                # The package does not say a body's model; it has the name of the parameter.
                'body': 'V2beta1' + ''.join(word.capitalize() for word in body[1].split('_')) if body else None,
                'files': set(re.findall(r"local_var_files\['(\w+)'\]", source)),
                'result': re.search(r"response_type='([^']*)'", source)[1],
            })
    return found


def check_value(kind, value, where):
    """Refuses a value that is not of a type as the package writes types."""
    if value is None or kind == 'object':
        return
    if kind.startswith('list['):
        expect(isinstance(value, list), where, kind, value)
        for index, member in enumerate(value):
            check_value(kind[5:-1], member, f'{where}[{index}]')
    elif kind.startswith('dict('):
        expect(isinstance(value, dict), where, kind, value)
        for key, member in value.items():
            check_value(kind.split(', ', 1)[1][:-1], member, f'{where}.{key}')
    elif kind == 'datetime':
        expect(isinstance(value, str), where, kind, value)
        try:
            datetime.fromisoformat(value.replace('Z', '+00:00'))
        except ValueError:
            raise Refused(f'{where}: {value!r} is no {kind}') from None
    elif kind in ('str', 'bool', 'int'):
        is_right = type(value).__name__ == kind
        expect(is_right, where, kind, value)
    else:
        check_model(getattr(models, kind), value, where)


def check_model(model, value, where):
    """Refuses what is no model: unknown fields, wrong types, missing ones that are required."""
    allowed = getattr(model, 'allowable_values', None)
    if allowed:
        expect(value in allowed, where, f'one of {allowed}', value)
        return
    expect(isinstance(value, dict), where, model.__name__, value)
    fields = {field: kind for field, kind in model.openapi_types.items()}
    by_json = {model.attribute_map[field]: kind for field, kind in fields.items()}
    for key, member in value.items():
        if key not in by_json:
            raise Refused(f'{where}: {model.__name__} has no {key}')
        check_value(by_json[key], member, f'{where}.{key}')
    # The package's own reader knows what is required.
    response = type('Response', (), {'data': json.dumps(value)})
    try:
        kfp_server_api.ApiClient().deserialize(response, model)
    except ValueError as error:
        raise Refused(f'{where}: {error}') from None


def expect(is_right, where, kind, value):
    if not is_right:
        raise Refused(f'{where}: {value!r} is no {kind}')


def check(exchange, known):
    """Refuses an exchange that is none of the operations; gives the operation's name."""
    method, path = exchange['method'], exchange['path']
    fitting = [each for each in known if each['verb'] == method and each['path'].match(path)]
    if not fitting:
        raise Refused(f'{method} {path}: there is no such request')
    operation = fitting[0]
    where = operation['name']
    unknown = set(exchange['query']) - operation['query']
    if unknown:
        raise Refused(f'{where}: no query {sorted(unknown)}')
    if 'filter' in exchange['query']:
        check_model(models.V2beta1Filter, json.loads(unquote(exchange['query']['filter'])), f'{where}.filter')
    if 'propagation_policy' in exchange['query']:
        check_model(models.V2beta1DeletePropagationPolicy, exchange['query']['propagation_policy'], f'{where}.propagation_policy')
    body = exchange.get('body')
    if operation['body']:
        check_value(operation['body'], body, f'{where} request')
    elif bool(operation['files']) != isinstance(body, str) or (body is not None and not operation['files']):
        raise Refused(f'{where}: a body where there is none, or none where there is one')
    check_value(operation['result'], exchange['answer'], f'{where} answer')
    return where


def broken(exchanges):
    """Copies of exchanges with one fault each."""
    def copy_of(predicate, change):
        exchange = copy.deepcopy(next(each for each in exchanges if predicate(each)))
        change(exchange)
        return exchange

    def posts(kind):
        return lambda each: each['method'] == 'POST' and each['path'].endswith(kind)

    return [
        copy_of(posts('/runs'), lambda each: each.update(path='/apis/v2beta1/run')),
        copy_of(posts('/runs'), lambda each: each.update(method='PUT')),
        copy_of(posts('/runs'), lambda each: each['query'].update(dry_run='true')),
        copy_of(posts('/runs'), lambda each: each['body'].update(displayName='x')),
        copy_of(posts('/runs'), lambda each: each['body'].update(display_name=1)),
        copy_of(posts('/runs'), lambda each: each['body']['runtime_config'].update(parameter={})),
        copy_of(posts('/runs'), lambda each: each['answer'].update(state='DONE')),
        copy_of(posts('/recurringruns'), lambda each: each['body'].update(mode='ENABLED')),
        copy_of(posts('/recurringruns'), lambda each: each['body'].update(max_concurrency=1)),
        copy_of(posts('/recurringruns'), lambda each: each['body']['trigger']['cron_schedule'].update(start_time='soon')),
        copy_of(posts('/upload'), lambda each: each.pop('body')),
        copy_of(lambda each: 'filter' in each['query'], lambda each: each['query'].update(filter='{"predicate": []}')),
        copy_of(lambda each: 'filter' in each['query'], lambda each: each['query'].update(
            filter='{"predicates": [{"operation": "IS"}]}')),
    ]


def main():
    known = operations()
    exchanges = json.load(sys.stdin)
    problems, used = [], set()
    for exchange in exchanges:
        try:
            used.add(check(exchange, known))
        except Refused as refused:
            problems.append(str(refused))
    faults = broken(exchanges)
    for exchange in faults:
        try:
            check(exchange, known)
            problems.append(f'taken although it is broken: {json.dumps(exchange)[:300]}')
        except Refused:
            pass
    if problems:
        print('\n'.join(problems))
        sys.exit(1)
    print(f'{len(exchanges)} exchanges in {len(used)} operations fit kfp_server_api {kfp_server_api.__version__}, '
          f'{len(faults)} broken ones refused')


main()
