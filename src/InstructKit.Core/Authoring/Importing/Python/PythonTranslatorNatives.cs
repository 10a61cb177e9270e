namespace InstructKit.Authoring.Importing.Python;

/// <summary>Calls of Python's own functions.</summary>
internal sealed partial class PythonTranslator
{
    // One-argument functions that are filters in the template language, with the type of their result.
    private static readonly Dictionary<string, (string Filter, PythonKind Kind)> Filters = new(StringComparer.Ordinal)
    {
        ["str"] = ("string", PythonKind.Text),
        // Python fails on non-numbers; none is neither a label nor an index.
        ["int"] = ("int(none)", PythonKind.Integer),
        ["float"] = ("float(none)", PythonKind.Number),
        ["len"] = ("length", PythonKind.Integer),
        ["list"] = ("list", PythonKind.List),
        ["tuple"] = ("list", PythonKind.List),
        ["sum"] = ("sum", PythonKind.Unknown),
        ["max"] = ("max(case_sensitive=true)", PythonKind.Unknown),
        ["min"] = ("min(case_sensitive=true)", PythonKind.Unknown),
        ["round"] = ("round | int", PythonKind.Integer),
        ["abs"] = ("abs", PythonKind.Number),
        ["sorted"] = ("sort(case_sensitive=true)", PythonKind.List),
        ["reversed"] = ("reverse | list", PythonKind.List),
    };

    private PythonMeaning CallNative(string name, PythonExpression.Call call, PythonScope scope)
    {
        if (name == "isinstance" && call.Arguments is [var tested, var types]) return IsOf(Evaluate(tested, scope), types, call.Span);

        if (name is "len" or "sorted" && call is { Arguments: [var inner], Keywords.Count: 0 } && scope.Find("set") is null && SetIn(inner) is { } several)
        {
            // A set has no order, but its size needs none, and sorting defines one.
            return Filter(Evaluate(several, scope), name == "len" ? "unique(case_sensitive=true) | list | length" : "unique(case_sensitive=true) | sort(case_sensitive=true)", Filters[name].Kind, call.Span);
        }

        var arguments = ArgumentsOf(call, scope);
        var span = call.Span;
        switch (name, arguments)
        {
            case var _ when call.Keywords.Count > 0 && name is not ("functools.partial" or "dict" or "enumerate" or "zip"):
                goto default;
            case ("functools.partial", [PythonMeaning.Function function, .. var bound]):
                return function with
                {
                    Arguments = [.. function.Arguments, .. bound],
                    Keywords = function.Keywords.Concat(KeywordsOf(call, scope)).GroupBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal),
                };
            case ("globals", []):
                return new PythonMeaning.Native("globals()");
            case ("str", [var one]) when PythonCode.KindOf(one) == PythonKind.Text:
                return one;
            case ("str", [var one]) when Join([(one, true)]) is PythonMeaning.Constant printed:
                return printed;
            case ("int", [PythonMeaning.Constant { Value: string digits }]) when long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                return new PythonMeaning.Constant(number);
            case ("int", [var one]) when PythonCode.KindOf(one) == PythonKind.Integer:
                return one;
            case ("bool", [var one]):
                return PythonCode.Truth(one) is { } truth ? new PythonMeaning.Constant(truth) : new PythonMeaning.Code($"not not {TextOf(one, PythonCode.Not, span)}", PythonCode.Not, PythonKind.Boolean);
            case ("len", [PythonMeaning.Sequence list]):
                return new PythonMeaning.Constant((long)list.Items.Count);
            case ("len", [PythonMeaning.Constant { Value: string text }]):
                return new PythonMeaning.Constant((long)text.EnumerateRunes().Count());
            case ("list" or "tuple", [PythonMeaning.Sequence list]):
                return list;
            case ("list" or "tuple", [var one]) when TryItems(one) is { } items:
                return new PythonMeaning.Sequence(items);
            case ("list" or "tuple", []):
                return new PythonMeaning.Sequence([]);
            case ("dict", []):
                return KeywordsOf(call, scope).Aggregate((PythonMeaning)new PythonMeaning.Table([]), (all, keyword) => With(all, new PythonMeaning.Constant(keyword.Key), keyword.Value, span));
            case ("dict", [PythonMeaning.Document or PythonMeaning.Table]):
                return arguments[0];
            case ("enumerate", [var one]) when KeywordsOf(call, scope).GetValueOrDefault("start", new PythonMeaning.Constant(0L)) is PythonMeaning.Constant { Value: long start }:
                return new PythonMeaning.Numbered(one, start);
            case ("enumerate", [var one, PythonMeaning.Constant { Value: long start }]):
                return new PythonMeaning.Numbered(one, start);
            case ("range", _):
                return RangeOf(arguments, span);
            case ("zip", _):
                return Zip(arguments, span);
            case ("itertools.zip_longest", [var one, var other]):
                var (left, right) = (TextOf(one, PythonCode.Filtered, span), TextOf(other, PythonCode.Filtered, span));
                return new PythonMeaning.Code(
                    $"zip({TextOf(one, PythonCode.Add, span)} + [none] * ({right} | length - {left} | length), {TextOf(other, PythonCode.Add, span)} + [none] * ({left} | length - {right} | length))",
                    PythonCode.Primary, PythonKind.Unknown);
            case ("map", [PythonMeaning.Native { Name: "str.lower" or "str.upper" or "str.capitalize" or "str.title" or "str.strip" or "str" or "len" } native, var one]):
                var filter = native.Name switch { "str.strip" => "trim", "str" => "string", "len" => "length", var method => method["str.".Length..] };
                return Filter(one, $"map('{filter}') | list", PythonKind.List, span);
            case ("map", [PythonMeaning.Function function, var one]):
                return MapOver(function, one, call, scope);
            case ("any" or "all", [var one]):
                return Any(one, name == "any", span);
            case ("max" or "min", [_, _, ..]):
                return Filter(new PythonMeaning.Sequence(arguments), Filters[name].Filter, PythonCode.CommonKind(arguments), span);
            case ("round", [var one, PythonMeaning.Constant { Value: long digits and >= 0 }]):
                return Filter(one, string.Create(CultureInfo.InvariantCulture, $"round({digits})"), PythonKind.Number, span);
            case ("chr", [PythonMeaning.Constant { Value: long letter and >= 0 and < 0xD800 }]):
                return new PythonMeaning.Constant(((char)letter).ToString());
            case ("chr", [var one]):
                return new PythonMeaning.Code($"'%c' | format({TextOf(one, PythonCode.Choice, span)})", PythonCode.Filtered, PythonKind.Text);
            case ("ord", [PythonMeaning.Constant { Value: string { Length: 1 } letter }]):
                return new PythonMeaning.Constant((long)letter[0]);
            case ("ord", [var one]):
                return new PythonMeaning.Code($"{{{string.Join(", ", Letters.Select(letter => $"'{letter}': {(int)letter}"))}}}[{TextOf(one, PythonCode.Choice, span)}]", PythonCode.Primary, PythonKind.Integer);
            case ("eval" or "ast.literal_eval", [var one]):
                return Literal(one, span);
            case ("re.sub", [var pattern, var replacement, var one]) when PythonCode.KindOf(replacement) == PythonKind.Text:
                return Replaced(pattern, replacement, one, span);
            case ("re.compile", [PythonMeaning.Constant { Value: string } pattern]):
                return pattern;
            case ("re.compile", [PythonMeaning.Constant { Value: string } pattern, PythonMeaning.Native { Name: "re.UNICODE" or "re.U" }]):
                return pattern;
            case ("reversed", [PythonMeaning.Sequence list]):
                return new PythonMeaning.Sequence([.. list.Items.Reverse()]);
            case ("os.path.basename", [PythonMeaning.Constant { Value: string path }]):
                return new PythonMeaning.Constant(Path.GetFileName(path));
            case ("os.path.dirname", [PythonMeaning.Constant { Value: string path }]):
                return new PythonMeaning.Constant(Path.GetDirectoryName(path) ?? string.Empty);
            case ("os.path.abspath" or "os.path.realpath", [PythonMeaning.Constant { Value: string } path]):
                return path;
            case (_, [var one]) when Filters.TryGetValue(name, out var filtered):
                return Filter(one, filtered.Filter, filtered.Kind, span);
            default:
                throw IsChance(name) ? ByChance(call) : Refuse($"'{Shown(call)}'", span);
        }
    }

    // The source of a set, also if its items are listed.
    private static PythonExpression? SetIn(PythonExpression expression) => expression switch
    {
        PythonExpression.Call { Function: PythonExpression.Name { Id: "set" }, Arguments: [var items], Keywords.Count: 0 } => items,
        PythonExpression.Call { Function: PythonExpression.Name { Id: "list" or "tuple" }, Arguments: [var inner], Keywords.Count: 0 } => SetIn(inner),
        _ => null,
    };

    private static PythonMeaning.Code Replaced(PythonMeaning pattern, PythonMeaning replacement, PythonMeaning text, SourceSpan span) =>
        Filter(text, $"regex_replace({TextOf(pattern, PythonCode.Choice, span)}, {TextOf(replacement, PythonCode.Choice, span)})", PythonKind.Text, span);

    private static bool IsChance(string name) => name.StartsWith("random.", StringComparison.Ordinal) || name.Contains(".random.", StringComparison.Ordinal);

    private static DiagnosticException ByChance(PythonExpression.Call call) => Refuse($"'{Shown(call)}', which chooses by chance", call.Span);

    private static IEnumerable<char> Letters => Enumerable.Range('A', 26).Concat(Enumerable.Range('a', 26)).Concat(Enumerable.Range('0', 10)).Select(code => (char)code);

    // A text that is a list in Python's notation; a row with another text does not belong to the task.
    private PythonMeaning.Code Literal(PythonMeaning text, SourceSpan span)
    {
        var code = TextOf(text, PythonCode.Filtered, span);
        if (UsesStatements(code)) throw Refuse($"'{Shown(span)}' of what the function itself made", span);

        _conditions.Add(("no_list", $"({code} | python_list) is not string"));
        return new PythonMeaning.Code($"{code} | python_list", PythonCode.Filtered, PythonKind.List);
    }

    private static PythonMeaning RangeOf(IReadOnlyList<PythonMeaning> bounds, SourceSpan span)
    {
        if (bounds.All(bound => bound is PythonMeaning.Constant { Value: long }))
        {
            var numbers = bounds.Select(bound => (long)((PythonMeaning.Constant)bound).Value!).ToList();
            var (start, stop, step) = numbers switch { [var end] => (0L, end, 1L), [var from, var end] => (from, end, 1L), [var from, var end, var by] => (from, end, by), _ => (0, 0, 0) };
            if (step > 0 && (stop - start) / step <= MaxUnrolled)
            {
                List<PythonMeaning> items = [];
                for (var i = start; i < stop; i += step) items.Add(new PythonMeaning.Constant(i));

                return new PythonMeaning.Sequence(items);
            }
        }

        return new PythonMeaning.Code($"range({string.Join(", ", bounds.Select(bound => TextOf(bound, PythonCode.Choice, span)))})", PythonCode.Primary, PythonKind.Unknown);
    }

    private static PythonMeaning Zip(IReadOnlyList<PythonMeaning> lists, SourceSpan span)
    {
        var known = lists.Select(TryItems).ToList();
        if (known.Contains(null)) return new PythonMeaning.Code($"zip({string.Join(", ", lists.Select(list => TextOf(list, PythonCode.Choice, span)))})", PythonCode.Primary, PythonKind.Unknown);

        var count = known.Count == 0 ? 0 : known.Min(items => items!.Count);
        return new PythonMeaning.Sequence([.. Enumerable.Range(0, count).Select(i => new PythonMeaning.Sequence([.. known.Select(items => items![i])]))]);
    }

    private PythonMeaning MapOver(PythonMeaning.Function function, PythonMeaning list, PythonExpression.Call call, PythonScope scope)
    {
        if (TryItems(list) is { } items) return new PythonMeaning.Sequence([.. items.Select(item => Call(function, [item], call.Span))]);

        var inner = new PythonScope(scope);
        inner.Own["f"] = function;
        inner.Own["list"] = list;
        var item = new PythonExpression.Name("item", call.Span);
        return EvaluateComprehension(
            new PythonExpression.Comprehension(
                '[',
                new PythonExpression.Call(new PythonExpression.Name("f", call.Span), [item], [], call.Span),
                null,
                [new PythonClause(item, new PythonExpression.Name("list", call.Span), [])],
                call.Span),
            inner);
    }

    private static PythonMeaning Any(PythonMeaning list, bool isAny, SourceSpan span)
    {
        if (TryItems(list) is not { } items)
            return new PythonMeaning.Code($"{TextOf(list, PythonCode.Filtered, span)} | {(isAny ? "select" : "reject")} | list | length {(isAny ? ">" : "==")} 0", PythonCode.Compare, PythonKind.Boolean);

        List<PythonMeaning> open = [];
        foreach (var item in items)
        {
            if (PythonCode.Truth(item) is not { } truth) open.Add(item);
            else if (truth == isAny) return new PythonMeaning.Constant(isAny);
        }

        var level = isAny ? PythonCode.Or : PythonCode.And;
        return open.Count == 0 ? new PythonMeaning.Constant(!isAny) : new PythonMeaning.Code(string.Join(isAny ? " or " : " and ", open.Select(item => TextOf(item, level + 1, span))), level, PythonKind.Unknown);
    }

    private static PythonMeaning.Code IsOf(PythonMeaning value, PythonExpression types, SourceSpan span)
    {
        var text = TextOf(value, PythonCode.Filtered, span);
        var tests = (types is PythonExpression.Display display ? display.Items : [types]).Select(type => (type as PythonExpression.Name)?.Id switch
        {
            "str" => $"{text} is string",
            "list" or "tuple" => $"({text} is sequence and {text} is not string and {text} is not mapping)",
            "dict" => $"{text} is mapping",
            "int" => $"({text} is integer or {text} is boolean)",
            "float" => $"{text} is float",
            "bool" => $"{text} is boolean",
            _ => throw Refuse($"the type '{Shown(type)}'", span),
        });
        return new PythonMeaning.Code(string.Join(" or ", tests), PythonCode.Or, PythonKind.Boolean);
    }
}
