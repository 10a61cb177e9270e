namespace InstructKit.Authoring.Importing.Python;

/// <summary>Expressions and assignment targets.</summary>
internal sealed partial class PythonTranslator
{
    private PythonMeaning Evaluate(PythonExpression expression, PythonScope scope)
    {
        if (++_steps > MaxSteps) throw Refuse("more steps than a translation may have", expression.Span);

        switch (expression)
        {
            case PythonExpression.Text text:
                return new PythonMeaning.Constant(text.Content);
            case PythonExpression.Literal literal:
                return new PythonMeaning.Constant(literal.Value);
            case PythonExpression.Name name:
                return Resolve(scope.Find(name.Id) ?? new PythonMeaning.Native(name.Id), name.Span);
            case PythonExpression.Formatted formatted:
                return Join(formatted.Parts.Select(part => Field(part, scope, formatted.Span)));
            case PythonExpression.Display { Open: '{' } set:
                throw Refuse("a set", set.Span);
            case PythonExpression.Display display:
                return new PythonMeaning.Sequence([.. display.Items.SelectMany(item => Spread(item, scope))]) { IsTuple = display.Open == '(' };
            case PythonExpression.Mapping mapping:
                return EvaluateMapping(mapping, scope);
            case PythonExpression.Call call:
                return EvaluateCall(call, scope);
            case PythonExpression.Attribute attribute:
                return EvaluateAttribute(attribute, scope);
            case PythonExpression.Item item:
                return EvaluateItem(Evaluate(item.Owner, scope), item, scope);
            case PythonExpression.Unary unary:
                return EvaluateUnary(unary, scope);
            case PythonExpression.Binary { Operator: "and" or "or" } binary:
                return EvaluateWord(binary, scope);
            case PythonExpression.Binary binary:
                return Arithmetic(binary.Operator, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope), binary.Span);
            case PythonExpression.Comparison comparison:
                return EvaluateComparison(comparison, scope);
            case PythonExpression.Conditional conditional:
                return EvaluateConditional(conditional, scope);
            case PythonExpression.Lambda lambda:
                return new PythonMeaning.Function(
                    "lambda", lambda.Parameters, [new PythonStatement.Return(lambda.Body, lambda.Span)], scope, [], new Dictionary<string, PythonMeaning>());
            case PythonExpression.Comprehension comprehension:
                return EvaluateComprehension(comprehension, scope);
            default:
                throw Refuse($"'{Shown(expression)}'", expression.Span);
        }
    }

    private static PythonMeaning Resolve(PythonMeaning meaning, SourceSpan span) =>
        meaning is PythonMeaning.Lost lost ? throw Refuse($"'{span.Text}', which is {lost.Why.Message}{(lost.Why.Span is { } place ? $" in line {place.Start.Line + 1}" : string.Empty)}", span) : meaning;

    /// <summary>The expression of a meaning as an operand.</summary>
    private static string TextOf(PythonMeaning meaning, int level, SourceSpan span) =>
        PythonCode.TryText(meaning, level) ?? throw Refuse(meaning is PythonMeaning.Native native ? $"'{native.Name}'" : $"'{Shown(span)}' as a value", span);

    /// <summary>A value through a filter.</summary>
    private static PythonMeaning.Code Filter(PythonMeaning value, string filter, PythonKind kind, SourceSpan span) =>
        new($"{TextOf(value, PythonCode.Filtered, span)} | {filter}", PythonCode.Filtered, kind);

    private static string Shown(PythonExpression expression) => Shown(expression.Span);

    private static string Shown(SourceSpan span) => span.Text.ReplaceLineEndings(" ") is { Length: > 60 } text ? $"{text[..60]}…" : span.Text.ReplaceLineEndings(" ");

    private IEnumerable<PythonMeaning> Spread(PythonExpression item, PythonScope scope) =>
        item is not PythonExpression.Starred starred ? [Evaluate(item, scope)]
        : TryItems(Evaluate(starred.Value, scope)) ?? throw Refuse($"'{Shown(item)}', whose length only the row decides", item.Span);

    private (PythonMeaning Value, bool IsPrinted) Field(FormattedPart part, PythonScope scope, SourceSpan span)
    {
        if (part.Value is null) return (new PythonMeaning.Constant(part.Text), false);

        var value = Evaluate(part.Value, scope);
        if (part.Conversion is not (null or "" or "s")) throw Refuse($"the conversion '!{part.Conversion}'", span);

        if (part.Format.Count == 0) return (value, true);

        var format = Join(part.Format.Select(inner => Field(inner, scope, span)));
        return format is PythonMeaning.Constant { Value: string text }
            ? (new PythonMeaning.Code($"{PythonCode.Literal($"{{:{text}}}")}.format({TextOf(value, PythonCode.Choice, span)})", PythonCode.Primary, PythonKind.Text), false)
            : throw Refuse("a format that is computed", span);
    }

    /// <summary>A text of pieces; adjacent constants are merged.</summary>
    private static PythonMeaning Join(IEnumerable<(PythonMeaning Value, bool IsPrinted)> pieces)
    {
        List<(PythonMeaning Value, bool IsPrinted)> joined = [];
        foreach (var (value, isPrinted) in pieces.SelectMany(piece => piece.Value is PythonMeaning.Joined inner ? inner.Pieces : [piece]))
        {
            var text = value is not PythonMeaning.Constant constant ? null : constant.Value is string own ? own : isPrinted ? Printed(constant.Value) : null;
            if (text is { Length: 0 }) continue;

            if (text is not null && joined is [.., (PythonMeaning.Constant { Value: string before }, _)]) joined[^1] = (new PythonMeaning.Constant(before + text), false);
            else joined.Add(text is null ? (value, isPrinted) : (new PythonMeaning.Constant(text), false));
        }

        return joined switch
        {
            [] => new PythonMeaning.Constant(string.Empty),
            [(PythonMeaning.Constant { Value: string } only, _)] => only,
            _ => new PythonMeaning.Joined(joined),
        };
    }

    /// <summary>Python's text of a value; null if left to the template language.</summary>
    private static string? Printed(object? value) => value switch
    {
        null => "None",
        bool truth => truth ? "True" : "False",
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private PythonMeaning EvaluateMapping(PythonExpression.Mapping mapping, PythonScope scope)
    {
        PythonMeaning made = new PythonMeaning.Table([]);
        foreach (var (key, value) in mapping.Entries)
        {
            var one = Evaluate(value, scope);
            made = (key, one, made) switch
            {
                (PythonExpression.Starred, PythonMeaning.Document document, PythonMeaning.Table { Entries.Count: 0 }) => document,
                (PythonExpression.Starred, PythonMeaning.Table table, _) => table.Entries.Aggregate(made, (all, entry) => With(all, entry.Key, entry.Value, mapping.Span)),
                (PythonExpression.Starred, _, _) => throw Refuse($"'**{Shown(value)}'", value.Span),
                _ => With(made, Evaluate(key, scope), one, mapping.Span),
            };
        }

        return made;
    }

    // A list, dictionary or row with another value under a key.
    private static PythonMeaning With(PythonMeaning owner, PythonMeaning key, PythonMeaning value, SourceSpan span)
    {
        switch (owner, key)
        {
            case (PythonMeaning.Document document, PythonMeaning.Constant { Value: string name }):
                return new PythonMeaning.Document(new Dictionary<string, PythonMeaning>(document.Made, StringComparer.Ordinal) { [name] = value });
            case (PythonMeaning.Table table, PythonMeaning.Constant) when table.Find(key) is not null:
                return new PythonMeaning.Table([.. table.Entries.Select(entry => PythonCode.AreSame(entry.Key, key) ? (key, value) : entry)]);
            case (PythonMeaning.Table table, _) when PythonCode.TryCode(key) is not null && (key is PythonMeaning.Constant || table.Entries.Count == 0):
                return new PythonMeaning.Table([.. table.Entries, (key, value)]);
            case (PythonMeaning.Sequence sequence, PythonMeaning.Constant { Value: long place }) when place >= 0 && place < sequence.Items.Count:
                return new PythonMeaning.Sequence([.. sequence.Items.Select((item, i) => i == place ? value : item)]);
            case (PythonMeaning.Code list, PythonMeaning.Constant { Value: long place }) when place >= 0:
                var whole = PythonCode.TryText(list, PythonCode.Primary);
                var before = place == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{whole}[:{place}] + ");
                return new PythonMeaning.Code(string.Create(CultureInfo.InvariantCulture, $"{before}[{TextOf(value, PythonCode.Choice, span)}] + {whole}[{place + 1}:]"), PythonCode.Add, PythonKind.List);
            default:
                throw Refuse("an assignment to a place that only the row decides", span);
        }
    }

    private void Set(PythonExpression target, PythonMeaning value, PythonScope scope)
    {
        switch (target)
        {
            case PythonExpression.Name name:
                scope.Own[name.Id] = value;
                break;
            case PythonExpression.Item item:
                var own = Kept(value, (item.Key as PythonExpression.Text)?.Content ?? "item", item.Span);
                Set(item.Owner, With(Evaluate(item.Owner, scope), Evaluate(item.Key, scope), own, item.Span), scope);
                break;
            case PythonExpression.Display display:
                SetParts(display, Kept(value, "parts", display.Span), scope);
                break;
            default:
                throw Refuse($"an assignment to '{Shown(target)}'", target.Span);
        }
    }

    private void SetParts(PythonExpression.Display display, PythonMeaning value, PythonScope scope)
    {
        var star = display.Items.ToList().FindIndex(item => item is PythonExpression.Starred);
        if (TryItems(value) is { } items && star < 0)
        {
            if (items.Count != display.Items.Count) throw Refuse("an assignment of another number of values than there are names", display.Span);

            for (var i = 0; i < items.Count; i++) Set(display.Items[i], items[i], scope);

            return;
        }

        var list = TextOf(value, PythonCode.Primary, display.Span);
        for (var i = 0; i < display.Items.Count; i++)
        {
            var behind = display.Items.Count - 1 - i;
            var fromEnd = star >= 0 && i > star;
            if (i != star)
                Set(display.Items[i], new PythonMeaning.Code(string.Create(CultureInfo.InvariantCulture, $"{list}[{(fromEnd ? -behind - 1 : i)}]"), PythonCode.Primary, PythonKind.Unknown), scope);
            else
                Set(((PythonExpression.Starred)display.Items[i]).Value, new PythonMeaning.Code(string.Create(CultureInfo.InvariantCulture, $"{list}[{i}:{(behind > 0 ? (-behind).ToString(CultureInfo.InvariantCulture) : string.Empty)}]"), PythonCode.Primary, PythonKind.List), scope);
        }
    }

    private PythonMeaning EvaluateAttribute(PythonExpression.Attribute attribute, PythonScope scope)
    {
        if (Evaluate(attribute.Owner, scope) is not PythonMeaning.Native module) throw Refuse($"the attribute '{attribute.Id}'", attribute.Span);

        return $"{module.Name}.{attribute.Id}" switch
        {
            "string.ascii_uppercase" => new PythonMeaning.Constant("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            "string.ascii_lowercase" => new PythonMeaning.Constant("abcdefghijklmnopqrstuvwxyz"),
            "string.ascii_letters" => new PythonMeaning.Constant("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            "string.digits" => new PythonMeaning.Constant("0123456789"),
            "string.punctuation" => new PythonMeaning.Constant("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
            var name => new PythonMeaning.Native(name),
        };
    }

    private PythonMeaning EvaluateItem(PythonMeaning owner, PythonExpression.Item item, PythonScope scope)
    {
        if (item.Key is PythonExpression.Slice slice) return EvaluateSlice(owner, slice, scope, item.Span);

        var key = Evaluate(item.Key, scope);
        switch (owner, key)
        {
            case (PythonMeaning.Document document, PythonMeaning.Constant { Value: string name }):
                return Resolve(document.Made.GetValueOrDefault(name, PythonCode.Column(name)), item.Span);
            case (PythonMeaning.Document, _):
                throw Refuse($"'{Shown(item)}', a column that only the row names", item.Span);
            case (PythonMeaning.Table table, PythonMeaning.Constant):
                return table.Find(key) ?? throw Refuse($"'{Shown(item)}', a key that the dictionary does not have", item.Span);
            case (PythonMeaning.Sequence sequence, PythonMeaning.Constant { Value: long index }):
                var at = index < 0 ? index + sequence.Items.Count : index;
                return at >= 0 && at < sequence.Items.Count ? sequence.Items[(int)at] : throw Refuse($"'{Shown(item)}', beyond the end of the list", item.Span);
            case (PythonMeaning.Constant { Value: string word }, PythonMeaning.Constant { Value: long index }) when Math.Abs(index) <= word.Length && index < word.Length && word.All(char.IsAscii):
                return new PythonMeaning.Constant(word[(int)(index < 0 ? index + word.Length : index)].ToString());
        }

        var kind = owner switch
        {
            PythonMeaning.Table table => PythonCode.CommonKind(table.Entries.Select(entry => entry.Value)),
            PythonMeaning.Sequence sequence => PythonCode.CommonKind(sequence.Items),
            _ => PythonCode.KindOf(owner) == PythonKind.Text ? PythonKind.Text : PythonKind.Unknown,
        };
        return new PythonMeaning.Code($"{TextOf(owner, PythonCode.Primary, item.Span)}[{TextOf(key, PythonCode.Choice, item.Span)}]", PythonCode.Primary, kind);
    }

    private PythonMeaning EvaluateSlice(PythonMeaning owner, PythonExpression.Slice slice, PythonScope scope, SourceSpan span)
    {
        var bounds = new[] { slice.Start, slice.Stop, slice.Step }.Select(bound => bound is null ? null : Evaluate(bound, scope)).ToList();
        if (bounds[2] is null && bounds.TrueForAll(bound => bound is null or PythonMeaning.Constant { Value: long }))
        {
            var (start, stop) = ((long?)((PythonMeaning.Constant?)bounds[0])?.Value, (long?)((PythonMeaning.Constant?)bounds[1])?.Value);
            if (owner is PythonMeaning.Sequence sequence)
                return new PythonMeaning.Sequence([.. sequence.Items.Skip(Bound(start ?? 0, sequence.Items.Count)).Take(Math.Max(0, Bound(stop ?? sequence.Items.Count, sequence.Items.Count) - Bound(start ?? 0, sequence.Items.Count)))]);

            if (owner is PythonMeaning.Constant { Value: string word } && word.All(char.IsAscii))
                return new PythonMeaning.Constant(word.Substring(Bound(start ?? 0, word.Length), Math.Max(0, Bound(stop ?? word.Length, word.Length) - Bound(start ?? 0, word.Length))));
        }

        var texts = bounds.Select(bound => bound is null ? string.Empty : TextOf(bound, PythonCode.Choice, span)).ToList();
        return new PythonMeaning.Code($"{TextOf(owner, PythonCode.Primary, span)}[{texts[0]}:{texts[1]}{(texts[2].Length > 0 ? $":{texts[2]}" : string.Empty)}]", PythonCode.Primary, PythonCode.KindOf(owner));
    }

    private static int Bound(long index, int count) => (int)Math.Clamp(index < 0 ? index + count : index, 0, count);

    private PythonMeaning EvaluateUnary(PythonExpression.Unary unary, PythonScope scope)
    {
        var value = Evaluate(unary.Operand, scope);
        if (unary.Operator == "not")
            return PythonCode.Truth(value) is { } truth ? new PythonMeaning.Constant(!truth) : new PythonMeaning.Code($"not {TextOf(value, PythonCode.Not, unary.Span)}", PythonCode.Not, PythonKind.Boolean);

        return (unary.Operator, value) switch
        {
            ("-", PythonMeaning.Constant { Value: long number }) => new PythonMeaning.Constant(-number),
            ("-", PythonMeaning.Constant { Value: double number }) => new PythonMeaning.Constant(-number),
            ("-", _) => new PythonMeaning.Code($"-{TextOf(value, PythonCode.Primary, unary.Span)}", PythonCode.Sign, PythonCode.KindOf(value)),
            _ => throw Refuse($"'{unary.Operator}'", unary.Span),
        };
    }

    private PythonMeaning EvaluateWord(PythonExpression.Binary binary, PythonScope scope)
    {
        var left = Evaluate(binary.Left, scope);
        if (PythonCode.Truth(left) is { } truth) return truth == (binary.Operator == "and") ? Evaluate(binary.Right, scope) : left;

        // The right side is evaluated only if the left one does not decide.
        var right = InBlock(out var block, () => Evaluate(binary.Right, scope));
        AddConditional(left, binary.Operator == "and" ? block : [], binary.Operator == "and" ? [] : block);
        var level = binary.Operator == "and" ? PythonCode.And : PythonCode.Or;
        return new PythonMeaning.Code($"{TextOf(left, level, binary.Span)} {binary.Operator} {TextOf(right, level + 1, binary.Span)}", level, PythonCode.CommonKind([left, right]));
    }

    private PythonMeaning EvaluateConditional(PythonExpression.Conditional conditional, PythonScope scope)
    {
        var test = Evaluate(conditional.Test, scope);
        if (PythonCode.Truth(test) is { } truth) return Evaluate(truth ? conditional.Then : conditional.Else, scope);

        var then = InBlock(out var yes, () => Evaluate(conditional.Then, scope));
        var otherwise = InBlock(out var no, () => Evaluate(conditional.Else, scope));
        TextOf(test, PythonCode.Choice, conditional.Span);
        AddConditional(test, yes, no);
        return PythonCode.Choose(test, then, otherwise) ?? throw Refuse($"'{Shown(conditional)}', which is of different kinds by the row", conditional.Span);
    }

    private PythonMeaning EvaluateComparison(PythonExpression.Comparison comparison, PythonScope scope)
    {
        var left = Evaluate(comparison.First, scope);
        PythonMeaning? all = null;
        foreach (var (word, expression) in comparison.Rest)
        {
            // Membership in a set equals membership in a list.
            var right = Evaluate(expression is PythonExpression.Display { Open: '{' } set ? set with { Open = '[' } : expression, scope);
            var one = Compare(word, left, right, comparison.Span);
            all = all is null ? one : PythonCode.Truth(all) is { } truth ? truth ? one : all : Both(all, one, comparison.Span);
            left = right;
        }

        return all!;
    }

    private static PythonMeaning Compare(string word, PythonMeaning left, PythonMeaning right, SourceSpan span)
    {
        var negative = word is "!=" or "not in" or "is not";
        if (word is "is" or "is not")
        {
            if (right is not PythonMeaning.Constant { Value: null or bool } constant) throw Refuse("'is' with other than None, True or False", span);

            if (left is PythonMeaning.Constant known) return new PythonMeaning.Constant(Equals(known.Value, constant.Value) != negative);

            if (left is not PythonMeaning.Code && constant.Value is null) return new PythonMeaning.Constant(negative);

            var test = constant.Value is null ? "none" : (bool)constant.Value ? "true" : "false";
            return new PythonMeaning.Code($"{TextOf(left, PythonCode.Filtered, span)} is {(negative ? "not " : string.Empty)}{test}", PythonCode.Compare, PythonKind.Boolean);
        }

        if (word is "==" or "!=" && left is PythonMeaning.Constant one && right is PythonMeaning.Constant other && one.Value is not double && other.Value is not double)
            return new PythonMeaning.Constant(Equals(one.Value, other.Value) != negative);

        if (word is "in" or "not in" && left is PythonMeaning.Constant item)
        {
            if (right is PythonMeaning.Constant { Value: string text } && item.Value is string part) return new PythonMeaning.Constant(text.Contains(part, StringComparison.Ordinal) != negative);

            var keys = right is PythonMeaning.Table table ? table.Entries.Select(entry => entry.Key).ToList() : (right as PythonMeaning.Sequence)?.Items;
            if (keys is not null && keys.All(key => key is PythonMeaning.Constant { Value: not double }))
                return new PythonMeaning.Constant(keys.Any(key => Equals(((PythonMeaning.Constant)key).Value, item.Value)) != negative);
        }

        if (right is PythonMeaning.Document && word is "in" or "not in")
        {
            return left is PythonMeaning.Constant { Value: string name }
                ? ((PythonMeaning.Document)right).Made.ContainsKey(name) ? new PythonMeaning.Constant(!negative) : new PythonMeaning.Code($"{(negative ? "not " : string.Empty)}{PythonCode.Column($"{name}{PythonCode.IsThere}").Text}", negative ? PythonCode.Not : PythonCode.Primary, PythonKind.Boolean)
                : throw Refuse("a column that only the row names", span);
        }

        return new PythonMeaning.Code($"{TextOf(left, PythonCode.Add, span)} {word} {TextOf(right, PythonCode.Add, span)}", PythonCode.Compare, PythonKind.Boolean);
    }

    private static PythonMeaning Arithmetic(string word, PythonMeaning left, PythonMeaning right, SourceSpan span)
    {
        var (one, other) = (PythonCode.KindOf(left), PythonCode.KindOf(right));
        switch (word)
        {
            case "+" when left is PythonMeaning.Sequence first && right is PythonMeaning.Sequence second:
                return new PythonMeaning.Sequence([.. first.Items, .. second.Items]);
            case "+" when one == PythonKind.Text || other == PythonKind.Text:
                return Join([(left, false), (right, false)]);
            case "%" when one == PythonKind.Text:
                var arguments = right is PythonMeaning.Sequence items ? items.Items : [right];
                return right is PythonMeaning.Table ? throw Refuse("'%' with a dictionary", span)
                    : Filter(left, $"format({string.Join(", ", arguments.Select(argument => TextOf(argument, PythonCode.Choice, span)))})", PythonKind.Text, span);
        }

        if (left is PythonMeaning.Constant { Value: long a } && right is PythonMeaning.Constant { Value: long b } && Math.Abs(a) < int.MaxValue && Math.Abs(b) < int.MaxValue)
        {
            switch (word)
            {
                case "+":
                    return new PythonMeaning.Constant(a + b);
                case "-":
                    return new PythonMeaning.Constant(a - b);
                case "*":
                    return new PythonMeaning.Constant(a * b);
            }
        }

        var level = word switch { "+" or "-" => PythonCode.Add, "*" or "/" or "//" or "%" => PythonCode.Multiply, "**" => PythonCode.Power, _ => throw Refuse($"'{word}'", span) };
        var kind = word == "+" && one == PythonKind.List ? PythonKind.List : one == other && one is PythonKind.Integer && word is not ("/" or "**") ? PythonKind.Integer : PythonKind.Unknown;
        return new PythonMeaning.Code($"{TextOf(left, level, span)} {word} {TextOf(right, level + 1, span)}", level, kind);
    }
}
