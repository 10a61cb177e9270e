namespace InstructKit.Templating.Syntax;

// Operands: literals, names, parentheses, and what follows them (members, items, calls, filters, tests).
internal sealed partial class ExpressionParser
{
    private Expression ReadPrimary()
    {
        var token = stream.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                stream.Next();
                return ReadNameValue(token);
            case TokenKind.String: return ReadString();
            case TokenKind.Integer:
                stream.Next();
                return new Expression.Constant(token.Range, ReadInteger(token));
            case TokenKind.Float:
                stream.Next();
                return new Expression.Constant(token.Range, Value.From(double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture)));
            case TokenKind.Operator when token.Text is "(" or "[" or "{":
                stream.Next();
                stream.Enter(token.Range);
                var value = token.Text == "(" ? ReadParenthesised() : token.Text == "[" ? ReadList(token.Range) : ReadMapping(token.Range);
                stream.Leave();
                return value;
            default: throw stream.Unexpected("an expression");
        }
    }

    private Expression ReadNameValue(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True": return new Expression.Constant(token.Range, Value.True);
            case "false" or "False": return new Expression.Constant(token.Range, Value.False);
            case "none" or "None": return new Expression.Constant(token.Range, Value.None);
            case "loop": LoopMentions++; break;
            case "caller": MacroMentions |= MacroNames.Caller; break;
            case "varargs": MacroMentions |= MacroNames.Varargs; break;
            case "kwargs": MacroMentions |= MacroNames.Kwargs; break;
        }

        return new Expression.Name(token.Range, token.Text);
    }

    private static bool IsConstantName(string name) => name is "true" or "True" or "false" or "False" or "none" or "None";

    private Expression.Constant ReadString()
    {
        var start = stream.Current.Range;
        var text = string.Empty;
        while (stream.Current.Kind == TokenKind.String)
        {
            var token = stream.Next();
            try
            {
                text += TextLiteral.Unescape(token.Text);
            }
            catch (TemplateError error)
            {
                throw new SyntaxException(TemplateCodes.BadLiteral, error.Message, token.Range);
            }
        }

        var value = encodeText is null ? Value.From(text) : Value.FromOwned(encodeText(text));
        return new Expression.Constant(start.To(stream.LastRange), value);
    }

    private static Value ReadInteger(Token token) => token.Text.Length <= IntegerLimits.MaxDigits && IntegerText.Parse(token.Text, 0) is { } number
        ? Value.From(number)
        : throw new SyntaxException(TemplateCodes.BadLiteral, $"an integer of more than {IntegerLimits.MaxDigits} digits", token.Range);

    private Expression ReadParenthesised()
    {
        var value = ReadTuple(inParentheses: true);
        stream.Expect(")");
        return value;
    }

    private Expression.Sequence ReadList(SourceRange start)
    {
        List<Expression> items = [];
        while (!stream.Current.Is("]"))
        {
            if (items.Count > 0) stream.Expect(",");
            if (stream.Current.Is("]")) break;
            items.Add(Read());
        }

        return stream.Nest(new Expression.Sequence(start.To(stream.Next().Range), false, items));
    }

    private Expression.Mapping ReadMapping(SourceRange start)
    {
        List<(Expression Key, Expression Value)> pairs = [];
        while (!stream.Current.Is("}"))
        {
            if (pairs.Count > 0) stream.Expect(",");
            if (stream.Current.Is("}")) break;
            var key = Read();
            stream.Expect(":");
            pairs.Add((key, Read()));
        }

        return stream.Nest(new Expression.Mapping(start.To(stream.Next().Range), pairs));
    }

    private Expression ReadPostfix(Expression value)
    {
        while (true)
        {
            if (stream.Skip(".")) value = ReadMember(value);
            else if (stream.Skip("[")) value = ReadItem(value);
            else if (stream.Current.Is("(")) value = ReadCall(value);
            else return value;
        }
    }

    private Expression ReadFilterExpression(Expression value)
    {
        while (true)
        {
            if (stream.Skip("|")) value = ReadFilter(value);
            else if (stream.SkipName("is")) value = ReadTest(value);
            else if (stream.Current.Is("(")) value = ReadCall(value);
            else return value;
        }
    }

    private Expression ReadMember(Expression target)
    {
        var token = stream.Current;
        var range = target.Range.To(token.Range);
        if (token.Kind is not (TokenKind.Name or TokenKind.Integer)) throw stream.Unexpected("a name or a number");
        stream.Next();
        return token.Kind == TokenKind.Name
            ? stream.Nest(new Expression.Member(range, target, token.Text))
            : stream.Nest(new Expression.Item(range, target, new Expression.Constant(token.Range, ReadInteger(token))));
    }

    private Expression.Item ReadItem(Expression target)
    {
        var start = stream.LastRange;
        List<Expression> indexes = [];
        stream.Enter(start);
        while (!stream.Current.Is("]"))
        {
            if (indexes.Count > 0) stream.Expect(",");
            indexes.Add(ReadIndex());
        }

        stream.Leave();
        var end = stream.Next().Range;
        var index = indexes.Count == 1 ? indexes[0] : stream.Nest(new Expression.Sequence(start.To(end), true, indexes));
        return stream.Nest(new Expression.Item(target.Range.To(end), target, index));
    }

    private Expression ReadIndex()
    {
        var start = stream.Current.Range;
        Expression? from = null;
        if (!stream.Current.Is(":"))
        {
            from = Read();
            if (!stream.Current.Is(":")) return from;
        }

        stream.Next();
        var to = IsIndexEnd() || stream.Current.Is(":") ? null : Read();
        Expression? step = null;
        if (stream.Skip(":") && !IsIndexEnd()) step = Read();
        return stream.Nest(new Expression.Slice(start.To(stream.LastRange), from, to, step));
    }

    private bool IsIndexEnd() => stream.Current.Is("]") || stream.Current.Is(",");

    private Expression.Call ReadCall(Expression target)
    {
        var arguments = ReadArguments();
        return stream.Nest(new Expression.Call(target.Range.To(stream.LastRange), target, arguments));
    }

    private Expression.Filter ReadFilter(Expression? target)
    {
        var name = ReadDottedName(out var range);
        var arguments = stream.Current.Is("(") ? ReadArguments() : CallArguments.None;
        return stream.Nest(new Expression.Filter(range, target, name, arguments));
    }

    private Expression ReadTest(Expression target)
    {
        var negated = stream.SkipName("not");
        var name = ReadDottedName(out var range);
        var arguments = CallArguments.None;
        if (stream.Current.Is("(")) arguments = ReadArguments();
        else if (BeginsTestArgument()) arguments = new CallArguments([ReadPostfix(ReadPrimary())], []);
        var test = stream.Nest(new Expression.Test(range, target, name, arguments));
        return negated ? stream.Nest(new Expression.Not(range, test)) : test;
    }

    private bool BeginsTestArgument()
    {
        var token = stream.Current;
        if (token.IsName("is")) throw new SyntaxException(TemplateCodes.UnexpectedToken, "tests cannot be chained with 'is'", token.Range);
        return token.Kind switch
        {
            TokenKind.Name => token.Text is not ("else" or "or" or "and"),
            TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
            TokenKind.Operator => token.Text is "[" or "{",
            _ => false,
        };
    }

    private string ReadDottedName(out SourceRange range)
    {
        var token = stream.ExpectName();
        var name = token.Text;
        range = token.Range;
        while (stream.Skip(".")) name += "." + stream.ExpectName().Text;
        range = range.To(stream.LastRange);
        return name;
    }

    private CallArguments ReadArguments()
    {
        stream.Expect("(");
        stream.Enter(stream.LastRange);
        List<Expression> values = [];
        List<string> names = [];
        Expression? spread = null;
        Expression? keywordSpread = null;
        for (var first = true; !stream.Current.Is(")"); first = false)
        {
            if (!first) stream.Expect(",");
            if (stream.Current.Is(")")) break;
            var start = stream.Current.Range;
            if (stream.Skip("*"))
            {
                Require(spread is null && keywordSpread is null, start);
                spread = Read();
            }
            else if (stream.Skip("**"))
            {
                Require(keywordSpread is null, start);
                keywordSpread = Read();
            }
            else if (stream.Current.Kind == TokenKind.Name && stream.Ahead.Is("="))
            {
                Require(keywordSpread is null, start);
                names.Add(stream.Next().Text);
                stream.Next();
                values.Add(Read());
            }
            else
            {
                Require(spread is null && keywordSpread is null && names.Count == 0, start);
                values.Add(Read());
            }
        }

        stream.Leave();
        stream.Expect(")");
        return new CallArguments(values, names, spread, keywordSpread);
    }

    private static void Require(bool allowed, SourceRange range)
    {
        if (!allowed) throw new SyntaxException(TemplateCodes.UnexpectedToken, "a positional argument cannot follow keyword or spread arguments", range);
    }
}
