namespace InstructKit.Templating.Syntax;

/// <summary>What a variable holds when its scope begins.</summary>
internal enum SymbolLoad
{
    /// <summary>It is given from outside: a parameter or a loop target.</summary>
    Parameter,

    /// <summary>Nothing yet.</summary>
    Undefined,

    /// <summary>The value of the same name in an outer scope.</summary>
    Alias,

    /// <summary>The value that the row has under this name.</summary>
    Resolve,

    /// <summary>As <see cref="Resolve"/>, but only because some branches do not set it.</summary>
    ResolveInBranch,
}
