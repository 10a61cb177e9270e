namespace InstructKit.Authoring.Importing.Python;

/// <summary>Calls: functions of the file, Python's own, and methods of texts, lists, dictionaries and datasets.</summary>
internal sealed partial class PythonTranslator
{
    // Methods identical in the template language and Python, by the type of their result.
    private static readonly Dictionary<string, PythonKind> Methods = new (PythonKind Kind, string[] Names)[]
    {
        (PythonKind.Text, ["strip", "lstrip", "rstrip", "lower", "upper", "capitalize", "title", "swapcase", "casefold", "replace", "removeprefix", "removesuffix"]),
        (PythonKind.Text, ["zfill", "ljust", "rjust", "center", "join", "format"]),
        (PythonKind.List, ["split", "rsplit", "splitlines", "partition", "rpartition"]),
        (PythonKind.Boolean, ["startswith", "endswith", "isdigit", "isalpha", "isalnum", "isupper", "islower", "isnumeric", "isspace", "istitle"]),
        (PythonKind.Integer, ["find", "rfind", "index", "rindex", "count"]),
        (PythonKind.Unknown, ["keys", "values", "items", "get", "copy"]),
    }.SelectMany(group => group.Names.Select(name => (name, group.Kind))).ToDictionary(StringComparer.Ordinal);

    // Calls that only affect the screen.
    private static readonly string[] Silent = ["print", "logging.info", "logging.warning", "warnings.warn", "eval_logger.info", "eval_logger.warning", "eval_logger.debug"];

    private void RunCall(PythonExpression.Call call, PythonScope scope)
    {
        if (call.Function is PythonExpression.Attribute method && PythonNames.IsChange(method.Id) && Evaluate(method.Owner, scope) is var owner and not PythonMeaning.Native)
        {
            var arguments = call.Arguments.Select(argument => Evaluate(argument, scope)).ToList();
            Set(method.Owner, Changed(owner, method.Id, arguments, call.Span), scope);
            return;
        }

        var function = Evaluate(call.Function, scope);
        if (function is PythonMeaning.Native { Name: "globals().update" })
        {
            if (Evaluate(call.Arguments[0], scope) is not PythonMeaning.Table table) throw Refuse($"'{Shown(call)}'", call.Span);

            foreach (var (key, value) in table.Entries)
            {
                if (key is PythonMeaning.Constant { Value: string name }) scope.Own[name] = value;
            }

            return;
        }

        if (function is not PythonMeaning.Native native || Array.IndexOf(Silent, native.Name) < 0)
            throw function is PythonMeaning.Native chance && IsChance(chance.Name) ? ByChance(call) : Refuse($"'{Shown(call)}', whose result is not used", call.Span);
    }

    // Only lists and dictionaries that the function itself made; one of the row may have aliases.
    private static PythonMeaning Changed(PythonMeaning owner, string method, IReadOnlyList<PythonMeaning> arguments, SourceSpan span)
    {
        switch (owner, method, arguments)
        {
            case (PythonMeaning.Sequence list, "append", [var one]):
                return new PythonMeaning.Sequence([.. list.Items, one]);
            case (PythonMeaning.Code { Kind: PythonKind.List } list, "append", [var one]):
                return new PythonMeaning.Code($"{PythonCode.TryText(list, PythonCode.Add)} + [{TextOf(one, PythonCode.Choice, span)}]", PythonCode.Add, PythonKind.List);
            case (PythonMeaning.Sequence or PythonMeaning.Code { Kind: PythonKind.List }, "extend", [var more]):
                return Arithmetic("+", owner, more, span);
            case (PythonMeaning.Sequence list, "insert", [PythonMeaning.Constant { Value: long at }, var one]):
                var index = Bound(at, list.Items.Count);
                return new PythonMeaning.Sequence([.. list.Items.Take(index), one, .. list.Items.Skip(index)]);
            case (PythonMeaning.Sequence list, "reverse", []):
                return new PythonMeaning.Sequence([.. list.Items.Reverse()]);
            case (PythonMeaning.Document, "pop", [PythonMeaning.Constant { Value: string }, ..]):
                // A column that is no longer read does no harm.
                return owner;
            case (PythonMeaning.Table or PythonMeaning.Document, "update", [PythonMeaning.Table more]):
                return more.Entries.Aggregate(owner, (all, entry) => With(all, entry.Key, entry.Value, span));
            default:
                throw Refuse($"'{Shown(span)}', which changes a value in place", span);
        }
    }

    private PythonMeaning EvaluateCall(PythonExpression.Call call, PythonScope scope)
    {
        if (call.Function is PythonExpression.Attribute { Id: var method } attribute)
        {
            var owner = Evaluate(attribute.Owner, scope);
            if (owner is not PythonMeaning.Native) return CallMethod(owner, method, call, scope);
        }

        switch (Evaluate(call.Function, scope))
        {
            case PythonMeaning.Function function:
                return CallOwn(function, call, scope);
            case PythonMeaning.Native native:
                return CallNative(native.Name, call, scope);
            default:
                throw Refuse($"a call of '{Shown(call.Function)}'", call.Span);
        }
    }

    private PythonMeaning CallOwn(PythonMeaning.Function function, PythonExpression.Call call, PythonScope scope)
    {
        // A row changed in place by a function also changes for its caller; it must be returned as the result.
        foreach (var parameter in function.Parameters)
        {
            if (PythonNames.Changes(function.Body, parameter.Name) && PythonNames.Returns(function.Body).Any(value => value is not PythonExpression.Name name || name.Id != parameter.Name))
                throw Refuse($"'{Shown(call)}', which changes its argument {parameter.Name} in place", call.Span);
        }

        return CallFunction(function, ArgumentsOf(call, scope), KeywordsOf(call, scope), call.Span);
    }

    private List<PythonMeaning> ArgumentsOf(PythonExpression.Call call, PythonScope scope) => [.. call.Arguments.SelectMany(argument => Spread(argument, scope))];

    private Dictionary<string, PythonMeaning> KeywordsOf(PythonExpression.Call call, PythonScope scope)
    {
        Dictionary<string, PythonMeaning> keywords = new(StringComparer.Ordinal);
        foreach (var (name, expression) in call.Keywords)
        {
            var value = Evaluate(expression, scope);
            if (name.Length > 0) keywords[name] = value;
            else if (value is PythonMeaning.Table table && table.Entries.All(entry => entry.Key is PythonMeaning.Constant { Value: string }))
                foreach (var entry in table.Entries) keywords[(string)((PythonMeaning.Constant)entry.Key).Value!] = entry.Value;
            else throw Refuse($"'**{Shown(expression)}'", expression.Span);
        }

        return keywords;
    }

    private PythonMeaning CallMethod(PythonMeaning owner, string method, PythonExpression.Call call, PythonScope scope)
    {
        if (owner is PythonMeaning.Rows rows) return CallDataset(rows, method, call, scope);

        var arguments = ArgumentsOf(call, scope);
        var keywords = KeywordsOf(call, scope);
        switch (owner, method, arguments)
        {
            case (PythonMeaning.Document document, "get", [PythonMeaning.Constant { Value: string name }, ..]):
                if (document.Made.TryGetValue(name, out var made)) return made;

                return (arguments.Count > 1 ? arguments[1] : new PythonMeaning.Constant(null)) is PythonMeaning.Constant other
                    ? PythonCode.Column($"{name}{PythonCode.Otherwise}{PythonCode.Literal(other.Value)}")
                    : throw Refuse($"'{Shown(call)}', whose default is of the row", call.Span);
            case (PythonMeaning.Document document, "pop", [PythonMeaning.Constant { Value: string name }]):
                return document.Made.GetValueOrDefault(name, PythonCode.Column(name));
            case (PythonMeaning.Constant { Value: string pattern }, "sub", [var replacement, var text]) when PythonCode.KindOf(replacement) == PythonKind.Text:
                return Replaced(new PythonMeaning.Constant(pattern), replacement, text, call.Span);
            case (PythonMeaning.Document document, "copy", []):
                return document;
            case (PythonMeaning.Document, _, _):
                throw Refuse($"'{Shown(call)}', all columns of the row", call.Span);
            case (PythonMeaning.Table table, "items", []):
                return new PythonMeaning.Sequence([.. table.Entries.Select(entry => new PythonMeaning.Sequence([entry.Key, entry.Value]))]);
            case (PythonMeaning.Table table, "keys", []):
                return new PythonMeaning.Sequence([.. table.Entries.Select(entry => entry.Key)]);
            case (PythonMeaning.Table table, "values", []):
                return new PythonMeaning.Sequence([.. table.Entries.Select(entry => entry.Value)]);
            case (PythonMeaning.Table table, "get", [PythonMeaning.Constant, ..]):
                return table.Find(arguments[0]) ?? (arguments.Count > 1 ? arguments[1] : new PythonMeaning.Constant(null));
            case (PythonMeaning.Constant { Value: string pattern }, "format", _) when PythonFormat.TryParse(pattern) is { } pieces:
                return Join(pieces.Select(piece => Fill(piece, arguments, keywords, call.Span)));
            case (_, "join", [PythonMeaning.Sequence parts]) when PythonCode.KindOf(owner) == PythonKind.Text:
                return Join(parts.Items.SelectMany((part, i) => i == 0 ? [(part, false)] : new[] { (owner, false), (part, false) }));
            case (PythonMeaning.Constant { Value: string text }, _, _) when PythonFormat.TryFold(text, method, arguments) is { } folded:
                return folded;
        }

        if (!Methods.TryGetValue(method, out var kind)) throw Refuse($"the method '{method}'", call.Span);

        if (keywords.Count > 0 && method != "format") throw Refuse($"'{Shown(call)}', an argument by name", call.Span);

        var texts = arguments.Select(argument => TextOf(argument, PythonCode.Choice, call.Span)).Concat(keywords.Select(keyword => $"{keyword.Key}={TextOf(keyword.Value, PythonCode.Choice, call.Span)}"));
        return new PythonMeaning.Code($"{TextOf(owner, PythonCode.Primary, call.Span)}.{method}({string.Join(", ", texts)})", PythonCode.Primary, kind);
    }

    private static (PythonMeaning Value, bool IsPrinted) Fill(PythonFormat.Piece piece, List<PythonMeaning> arguments, Dictionary<string, PythonMeaning> keywords, SourceSpan span)
    {
        if (piece.Text is { } text) return (new PythonMeaning.Constant(text), false);

        var value = piece.Name is { } name ? keywords.GetValueOrDefault(name) : piece.Index < arguments.Count ? arguments[piece.Index] : null;
        if (value is null) throw Refuse($"'{Shown(span)}', which lacks an argument of its pattern", span);

        return piece.Format.Length == 0
            ? (value, true)
            : (new PythonMeaning.Code($"{PythonCode.Literal($"{{:{piece.Format}}}")}.format({TextOf(value, PythonCode.Choice, span)})", PythonCode.Primary, PythonKind.Text), false);
    }

    private PythonMeaning.Rows CallDataset(PythonMeaning.Rows rows, string method, PythonExpression.Call call, PythonScope scope)
    {
        if (call.Keywords.FirstOrDefault(keyword => keyword.Name is "batched" or "with_indices" or "input_columns" or "fn_kwargs") is { Name: { } unknown })
            throw Refuse($"'{Shown(call)}' with {unknown}", call.Span);

        switch (method)
        {
            case "map":
                var result = CallOn(rows, call, scope);
                return result switch
                {
                    PythonMeaning.Document document => rows with { Row = document },
                    PythonMeaning.Table table when table.Entries.All(entry => entry.Key is PythonMeaning.Constant { Value: string }) =>
                        rows with { Row = (PythonMeaning.Document)table.Entries.Aggregate((PythonMeaning)rows.Row, (all, entry) => With(all, entry.Key, entry.Value, call.Span)) },
                    _ => throw Refuse($"'{Shown(call)}', whose function makes no row", call.Span),
                };
            case "filter":
                var (count, isInline) = (_block.Count, _isInline);
                _isInline = true;
                var condition = CallOn(rows, call, scope);
                _isInline = isInline;
                if (PythonCode.Truth(condition) is true) return rows;

                TextOf(condition, PythonCode.Choice, call.Span);
                return _block.Count > count ? throw Refuse($"'{Shown(call)}', whose condition goes through a list of the row", call.Span) : rows with { Conditions = [.. rows.Conditions, condition] };
            case "remove_columns" or "flatten_indices":
                return rows;
            case "rename_column" when ArgumentsOf(call, scope) is [PythonMeaning.Constant { Value: string from }, PythonMeaning.Constant { Value: string to }]:
                return rows with { Row = (PythonMeaning.Document)With(rows.Row, new PythonMeaning.Constant(to), rows.Row.Made.GetValueOrDefault(from, PythonCode.Column(from)), call.Span) };
            default:
                throw Refuse($"'{method}' of a dataset", call.Span);
        }
    }

    private PythonMeaning CallOn(PythonMeaning.Rows rows, PythonExpression.Call call, PythonScope scope)
    {
        var argument = call.Arguments is [var first, ..] ? first : call.Keywords.FirstOrDefault(keyword => keyword.Name == "function").Value ?? throw Refuse($"'{Shown(call)}'", call.Span);
        return Evaluate(argument, scope) is PythonMeaning.Function function
            ? Call(function, [rows.Row], call.Span)
            : throw Refuse($"'{Shown(argument)}', which the file does not define", argument.Span);
    }
}
